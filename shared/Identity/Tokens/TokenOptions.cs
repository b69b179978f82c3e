namespace Platform.Identity;

/// <summary>Section <c>Tokens</c>.</summary>
public sealed class TokenOptions
{
    public const string Section = "Tokens";

    /// <summary>Whether access tokens of users may be made without an end; API keys and keys of jobs always may.</summary>
    public bool AllowNonExpiring { get; set; }
}
