namespace Platform.Outbound;

/// <summary>Refusals of the guard. Texts name no address, so that they cannot be used to explore a network.</summary>
public static class OutboundErrors
{
    public static readonly Error Malformed = Error.Invalid("url.malformed", "The URL is not a valid absolute http(s) URL");
    public static readonly Error UserInfo = Error.Invalid("url.user_info", "The URL must not contain credentials");
    public static readonly Error Scheme = Error.Invalid("url.not_allowed", "Only https URLs are allowed");
    public static readonly Error Host = Error.Invalid("url.not_allowed", "The host is not allowed");
    public static readonly Error Port = Error.Invalid("url.not_allowed", "The port is not allowed");
    public static readonly Error Address = Error.Invalid("url.not_allowed", "The host is not on the public internet");
    public static readonly Error Unresolvable = Error.Invalid("url.unresolvable", "The host name cannot be resolved");
}
