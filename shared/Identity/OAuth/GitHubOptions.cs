using System.ComponentModel.DataAnnotations;

namespace Platform.Identity.OAuth;

/// <summary>Section <c>GitHub</c>.</summary>
public sealed class GitHubOptions : IValidatableObject
{
    public const string Section = "GitHub";

    /// <summary>GitHub and Enterprise servers, the default first; none = github.com without a client id.</summary>
    public IList<GitHubHost> Hosts { get; } = [];

    /// <summary>The host that people sign in with.</summary>
    public GitHubHost Default => Hosts.Count > 0 ? Hosts[0] : new GitHubHost();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var host in Hosts)
        {
            if (Uri.CheckHostName(host.Host) == UriHostNameType.Unknown)
                yield return new ValidationResult($"GitHub:Hosts: '{host.Host}' is no host name", [nameof(Hosts)]);
            if (!WebAddress.IsValid(host.ApiBaseUrl) || !WebAddress.IsValid(host.WebBaseUrl))
                yield return new ValidationResult($"GitHub:Hosts: the base URLs of '{host.Host}' must be absolute http(s) URLs", [nameof(Hosts)]);
            if (string.IsNullOrEmpty(host.ClientId) != string.IsNullOrEmpty(host.ClientSecret))
                yield return new ValidationResult($"GitHub:Hosts: '{host.Host}' needs both ClientId and ClientSecret, or neither", [nameof(Hosts)]);
        }
    }
}

/// <summary>One GitHub server.</summary>
public sealed class GitHubHost
{
    public const string PublicHost = "github.com";

    public string Host { get; set; } = PublicHost;

    public string ApiBaseUrl { get; set; } = "https://api.github.com";

    public string WebBaseUrl { get; set; } = "https://github.com";

    public string? ClientId { get; set; }

    public string? ClientSecret { get; set; }
}
