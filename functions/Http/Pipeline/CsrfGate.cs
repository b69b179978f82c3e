using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Platform.Functions.Identity;

namespace Platform.Functions.Http;

/// <summary>
/// A request that changes something and is authenticated by cookie carries the header <c>X-CSRF-Token</c>, equal to the cookie and to the session's hash.
/// Sign-out routes need none, but are refused from other sites.
/// </summary>
internal sealed class CsrfGate : RequestGate
{
    public override ValueTask<Error?> CheckAsync(ApiRequest request, IServiceProvider services) => new(Check(request));

    private static Error? Check(ApiRequest request)
    {
        var http = request.Http.Request;
        if (!request.Operation.Csrf)
            return http.Headers["Sec-Fetch-Site"] == "cross-site" ? RequestErrors.CrossSite : null;
        if (HttpMethods.IsGet(http.Method) || HttpMethods.IsHead(http.Method) || HttpMethods.IsOptions(http.Method))
            return null;
        if ((request.Operation.IsPublic && !request.Operation.CsrfWithSession) || request.Caller.Credential != CredentialKind.Cookie)
            return null;

        var header = http.Headers["X-CSRF-Token"].ToString();
        if (header.Length == 0)
            return RequestErrors.CsrfMissing;
        var cookie = http.Cookies[SessionCookies.CsrfToken] ?? "";
        return SameText(header, cookie) && request.Session!.OwnsCsrfToken(header) ? null : RequestErrors.CsrfInvalid;
    }

    private static bool SameText(string left, string right) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));
}
