using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Platform.Functions.Documentation;

/// <summary>An answer that never changes while the process lives: bytes, plain and compressed, with a strong <c>ETag</c> that conditional requests are held against.</summary>
internal sealed class CachedAnswer : IResult
{
    private readonly string _contentType;
    private readonly string _cacheControl;
    private readonly string? _contentSecurityPolicy;
    private readonly byte[] _plain;
    private readonly byte[] _packed;
    private readonly string _plainTag;
    private readonly string _packedTag;

    public CachedAnswer(byte[] plain, string contentType, string cacheControl, string? contentSecurityPolicy = null, byte[]? packed = null)
    {
        (_plain, _contentType, _cacheControl, _contentSecurityPolicy) = (plain, contentType, cacheControl, contentSecurityPolicy);
        _packed = packed ?? Pack(plain); // some content is there as gzip already
        var hash = Convert.ToHexStringLower(SHA256.HashData(plain).AsSpan(0, 16));
        (_plainTag, _packedTag) = ($"\"{hash}\"", $"\"{hash}-gz\"");
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response) = (httpContext.Request, httpContext.Response);
        var isPacked = request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        var tag = isPacked ? _packedTag : _plainTag;
        response.Headers.ETag = tag;
        response.Headers.CacheControl = _cacheControl;
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (_contentSecurityPolicy is not null)
            response.Headers.ContentSecurityPolicy = _contentSecurityPolicy;
        if (IsKnown(request, tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var body = isPacked ? _packed : _plain;
        response.ContentType = _contentType;
        response.ContentLength = body.Length;
        if (isPacked)
            response.Headers.ContentEncoding = "gzip";
        if (!HttpMethods.IsHead(request.Method))
            await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }

    private static bool IsKnown(HttpRequest request, string tag) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var known)
        && known.Any(candidate => candidate.Equals(EntityTagHeaderValue.Any) || candidate.Tag.Equals(tag, StringComparison.Ordinal));

    private static byte[] Pack(byte[] plain)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(plain);
        return packed.ToArray();
    }
}
