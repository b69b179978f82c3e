using System.Net;

namespace Platform.Outbound;

/// <summary>What a redirect asks for (RFC 9110 §15.4), as browsers do it.</summary>
internal static class Redirect
{
    /// <summary>Headers that may follow to another origin; anything else could be a credential.</summary>
    private static readonly HashSet<string> Harmless = new(StringComparer.OrdinalIgnoreCase) { "Accept", "Accept-Language", "Accept-Encoding", "User-Agent" };

    /// <summary>The address that the answer points to, or null when it is no redirect.</summary>
    public static Uri? Target(HttpResponseMessage response)
    {
        if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
            return null;
        return response.Headers.Location is { } location ? new Uri(response.RequestMessage!.RequestUri!, location) : null;
    }

    public static HttpRequestMessage Next(HttpRequestMessage request, HttpStatusCode status, Uri target)
    {
        var becomesGet = status == HttpStatusCode.SeeOther && request.Method != HttpMethod.Head
            || status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found && request.Method == HttpMethod.Post;
        var next = new HttpRequestMessage(becomesGet ? HttpMethod.Get : request.Method, target)
        {
            Version = request.Version,
            VersionPolicy = request.VersionPolicy,
            Content = becomesGet ? null : request.Content,
        };
        var isSameOrigin = Uri.Compare(request.RequestUri, target, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            if (isSameOrigin && !string.Equals(name, "Host", StringComparison.OrdinalIgnoreCase) || Harmless.Contains(name))
                next.Headers.TryAddWithoutValidation(name, values);
        }

        return next;
    }
}
