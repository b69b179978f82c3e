using EmbeddedFunctions.Worker.Extensions.Abstractions;

namespace EmbeddedFunctions.Worker;

/// <summary>Runs the function for HTTP requests that match its methods and route.</summary>
public sealed class HttpTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>All methods, level <see cref="AuthorizationLevel.Function"/>.</summary>
    public HttpTriggerAttribute() => AuthLevel = AuthorizationLevel.Function;

    /// <summary>Level <see cref="AuthorizationLevel.Function"/>.</summary>
    public HttpTriggerAttribute(params string[] methods)
        : this() => Methods = methods;

    /// <summary>All methods.</summary>
    public HttpTriggerAttribute(AuthorizationLevel authLevel) => AuthLevel = authLevel;

    /// <summary>The given level and methods.</summary>
    public HttpTriggerAttribute(AuthorizationLevel authLevel, params string[] methods)
        : this(authLevel) => Methods = methods;

    /// <summary>The route template in ASP.NET Core's syntax, below the prefix of host.json; without one it is the function's name.</summary>
    public string? Route { get; set; }

    /// <summary>HTTP methods in any case; null means all.</summary>
    public string[]? Methods { get; }

    /// <summary>The key that is asked of the caller.</summary>
    public AuthorizationLevel AuthLevel { get; }
}
