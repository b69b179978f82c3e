using Microsoft.AspNetCore.Http;

namespace EmbeddedFunctions.Hosting;

/// <summary>
/// Says who may use the host's operator pages (<c>/admin/orchestrations</c>). The app registers it, since only the app knows its users; without it there are no such pages.
/// Calls may come before the app's hosted services have started.
/// </summary>
public interface IOperatorAccess
{
    /// <summary>Who sends this request; refuses nothing.</summary>
    ValueTask<OperatorVisit> IdentifyAsync(HttpContext http);

    /// <summary>Opens an interactive session on the response. Null when it is open, otherwise the refusal in words for the visitor.</summary>
    /// <param name="code">Of a second factor; null when the visitor gave none.</param>
    ValueTask<string?> SignInAsync(HttpContext http, string username, string password, string? code);

    /// <summary>Records, before it is done, what the operator of this request does to an instance, e.g. <c>orchestration.terminate</c>.</summary>
    ValueTask RecordAsync(HttpContext http, string action, string instanceId);
}
