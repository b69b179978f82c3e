namespace Platform.UserFunctions;

/// <summary>Who may call a function by its URL, which takes no account of the platform.</summary>
public enum UrlAccess
{
    /// <summary>Whoever has the function's key.</summary>
    Key,

    /// <summary>Everybody.</summary>
    Public,
}
