namespace Platform;

/// <summary>Section <c>Platform</c>.</summary>
public sealed class PlatformOptions
{
    public const string Section = "Platform";

    /// <summary>E-mail of the operator account that the first start creates.</summary>
    public string AdminEmail { get; set; } = "admin@localhost.localdomain";

    public string AdminUsername { get; set; } = "admin";

    /// <summary>Password of that account; when absent one is generated and printed once to the console.</summary>
    public string? AdminPassword { get; set; }

    /// <summary>Where browsers reach the platform, for links in mails and redirects.</summary>
    public string? PublicUrl { get; set; }

    /// <summary><c>development</c>, <c>staging</c>, <c>production</c> or <c>test</c>; written into events.</summary>
    public string Environment { get; set; } = "development";

    /// <summary>Folder of databases and blobs when no server is configured.</summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary>Addresses or networks whose <c>X-Forwarded-*</c> headers are believed.</summary>
    public string[] TrustedProxies { get; set; } = [];
}
