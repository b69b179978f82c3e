using System.ComponentModel.DataAnnotations;

namespace Platform.Blobs;

/// <summary>Section <c>Blobs</c>.</summary>
public sealed class BlobOptions
{
    public const string Section = "Blobs";

    /// <summary><c>folder</c> (below the data directory) or <c>azure</c>.</summary>
    [RegularExpression("folder|azure")]
    public string Provider { get; set; } = "folder";

    /// <summary>
    /// For <c>azure</c>: a storage connection string with account name and key, or only the account's blob endpoint
    /// (<c>https://name.blob.core.windows.net</c>), which then is used with the managed identity.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>Container that holds the blobs; created when it is missing.</summary>
    [RegularExpression("[a-z0-9](-?[a-z0-9]){2,62}")]
    public string Container { get; set; } = "platform";
}
