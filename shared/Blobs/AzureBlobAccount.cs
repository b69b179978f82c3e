namespace Platform.Blobs;

/// <summary>Where a storage account's blobs are and, with a shared key, how to sign for it. <see cref="Key"/> null = use the managed identity.</summary>
internal sealed record AzureBlobAccount(string Name, byte[]? Key, Uri Endpoint)
{
    private const string EmulatorName = "devstoreaccount1";

    /// <summary>The storage emulator's documented account key; it protects nothing.</summary>
    private const string EmulatorKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <summary>Reads a storage connection string or the bare URL of a blob endpoint; <see cref="FormatException"/> never quotes the text.</summary>
    public static AzureBlobAccount Parse(string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var endpoint) && endpoint.Scheme is "https" or "http")
            return new AzureBlobAccount(endpoint.Host.Split('.')[0], null, endpoint);

        var parts = Split(text);
        if (parts.GetValueOrDefault("UseDevelopmentStorage") is "true")
            return new AzureBlobAccount(EmulatorName, Convert.FromBase64String(EmulatorKey), new Uri($"http://127.0.0.1:10000/{EmulatorName}"));
        if (parts.ContainsKey("SharedAccessSignature"))
            throw new FormatException("A shared access signature is not supported: use an account key or the managed identity");

        var name = parts.GetValueOrDefault("AccountName") ?? throw new FormatException("The storage connection string has no AccountName");
        var blobs = parts.GetValueOrDefault("BlobEndpoint")
            ?? $"{parts.GetValueOrDefault("DefaultEndpointsProtocol", "https")}://{name}.blob.{parts.GetValueOrDefault("EndpointSuffix", "core.windows.net")}";
        var key = parts.TryGetValue("AccountKey", out var base64) ? Convert.FromBase64String(base64) : null;
        return new AzureBlobAccount(name, key, new Uri(blobs.TrimEnd('/')));
    }

    public override string ToString() => $"storage account {Name}";

    private static Dictionary<string, string> Split(string text)
    {
        var parts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var separator = part.IndexOf('=');
            if (separator <= 0)
                throw new FormatException("The storage connection string is malformed");
            parts[part[..separator]] = part[(separator + 1)..];
        }

        return parts;
    }
}
