namespace EmbeddedFunctions.Worker;

/// <summary>Which key a caller must show to run an HTTP function.</summary>
public enum AuthorizationLevel
{
    /// <summary>None.</summary>
    Anonymous = 0,

    /// <summary>Reserved by the model; treated like <see cref="Function"/>.</summary>
    User = 1,

    /// <summary>A key of the function, a host key or the master key.</summary>
    Function = 2,

    /// <summary>A system key or the master key.</summary>
    System = 3,

    /// <summary>The master key.</summary>
    Admin = 4,
}
