using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Platform.Blobs;

/// <summary>
/// Signs each try of a request with the account key, as "Authorize with Shared Key" of the Azure Storage REST reference describes
/// (blob service, versions since 2015-02-21: an empty content length for 0).
/// </summary>
internal sealed class SharedKeyPolicy(AzureBlobAccount account, TimeProvider clock) : HttpPipelineSynchronousPolicy
{
    private static readonly string[] SignedHeaders =
    [
        "Content-Encoding", "Content-Language", "Content-Length", "Content-MD5", "Content-Type", "Date",
        "If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since", "Range",
    ];

    public override void OnSendingRequest(HttpMessage message)
    {
        var request = message.Request;
        request.Headers.SetValue("x-ms-date", clock.GetUtcNow().ToString("R", CultureInfo.InvariantCulture));
        if (request.Content is { } content && content.TryComputeLength(out var length))
            request.Headers.SetValue("Content-Length", length.ToString(CultureInfo.InvariantCulture));
        var signature = HMACSHA256.HashData(account.Key!, Encoding.UTF8.GetBytes(StringToSign(request)));
        request.Headers.SetValue("Authorization", $"SharedKey {account.Name}:{Convert.ToBase64String(signature)}");
    }

    private string StringToSign(Request request)
    {
        var text = new StringBuilder(512).Append(request.Method.Method).Append('\n');
        foreach (var name in SignedHeaders)
        {
            var value = request.Headers.TryGetValue(name, out var header) ? header : "";
            text.Append(name == "Content-Length" && value == "0" ? "" : value).Append('\n');
        }

        foreach (var header in request.Headers.Where(h => h.Name.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase))
            .OrderBy(h => h.Name.ToLowerInvariant(), StringComparer.Ordinal))
            text.Append(header.Name.ToLowerInvariant()).Append(':').Append(header.Value.Trim()).Append('\n');

        AppendResource(text, request.Uri.ToUri());
        return text.ToString();
    }

    private void AppendResource(StringBuilder text, Uri uri)
    {
        text.Append('/').Append(account.Name).Append(uri.AbsolutePath);
        var parameters = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .Select(pair => (Name: Uri.UnescapeDataString(pair[0]).ToLowerInvariant(), Value: pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : ""))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal);
        foreach (var (name, value) in parameters)
            text.Append('\n').Append(name).Append(':').Append(value);
    }
}
