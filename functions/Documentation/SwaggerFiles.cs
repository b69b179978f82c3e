using System.Collections.Frozen;
using System.IO.Compression;
using System.Text;
using Swashbuckle.AspNetCore.SwaggerUI;

namespace Platform.Functions.Documentation;

/// <summary>
/// The files of Swagger UI, from the resources of its package; nothing comes from other hosts. The page itself is ours, since the package's own has inline
/// scripts that the content security policy forbids.
/// </summary>
public sealed class SwaggerFiles
{
    private const string Prefix = "Swashbuckle.AspNetCore.SwaggerUI.node_modules.swagger_ui_dist.";
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string Page =
        """
        <!doctype html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>Platform API</title>
          <link rel="stylesheet" href="swagger-ui.css">
          <link rel="icon" type="image/png" href="favicon-32x32.png" sizes="32x32">
        </head>
        <body>
          <div id="swagger-ui"></div>
          <script src="swagger-ui-bundle.js"></script>
          <script src="start.js"></script>
        </body>
        </html>

        """;

    // Cookie callers need the CSRF header; the viewer runs on the platform's own origin, so it can read the cookie.
    private const string Start =
        """
        window.ui = SwaggerUIBundle({
          url: '/api-docs/openapi.json',
          dom_id: '#swagger-ui',
          deepLinking: true,
          docExpansion: 'none',
          filter: true,
          validatorUrl: null,
          requestInterceptor: function (request) {
            var token = document.cookie.split('; ').find(function (c) { return c.indexOf('csrf_token=') === 0; });
            if (token && new URL(request.url, location.href).origin === location.origin) {
              request.headers['X-CSRF-Token'] = decodeURIComponent(token.slice('csrf_token='.length));
            }
            return request;
          }
        });

        """;

    private static readonly Dictionary<string, string> Packaged = new(StringComparer.Ordinal)
    {
        ["swagger-ui.css"] = "text/css; charset=utf-8",
        ["swagger-ui-bundle.js"] = "text/javascript; charset=utf-8",
        ["favicon-16x16.png"] = "image/png",
        ["favicon-32x32.png"] = "image/png",
        ["LICENSE"] = "text/plain; charset=utf-8",
        ["NOTICE"] = "text/plain; charset=utf-8",
    };

    private readonly Lazy<FrozenDictionary<string, CachedAnswer>> _files = new(Load);

    /// <summary>The file of that name (empty = the page), or null. Names are looked up, never turned into paths.</summary>
    internal CachedAnswer? Find(string name) => _files.Value.GetValueOrDefault(name.Length == 0 ? "index.html" : name);

    private static FrozenDictionary<string, CachedAnswer> Load()
    {
        var files = Packaged.ToDictionary(file => file.Key, file => FromPackage(file.Key, file.Value), StringComparer.Ordinal);
        files["index.html"] = new CachedAnswer(Encoding.UTF8.GetBytes(Page), "text/html; charset=utf-8", "no-cache", Policy);
        files["start.js"] = new CachedAnswer(Encoding.UTF8.GetBytes(Start), "text/javascript; charset=utf-8", "public, max-age=3600", Policy);
        return files.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static CachedAnswer FromPackage(string name, string contentType)
    {
        using var resource = typeof(SwaggerUIOptions).Assembly.GetManifestResourceStream(Prefix + name)
            ?? throw new InvalidOperationException($"The package of Swagger UI has no file {name}");
        var packed = new MemoryStream();
        resource.CopyTo(packed); // the package holds its files as gzip
        packed.Position = 0;
        using var gzip = new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true);
        var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return new CachedAnswer(plain.ToArray(), contentType, "public, max-age=3600", Policy, packed.ToArray());
    }
}
