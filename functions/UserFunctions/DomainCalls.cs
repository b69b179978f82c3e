using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Domains;
using Platform.Functions.Http;

namespace Platform.Functions.UserFunctions;

/// <summary>Requests for verified domains are calls of the functions that these lead to, or are sent on to another domain.</summary>
public sealed class DomainCalls(DomainRoutes routes, DatabaseReady ready, IOptions<PlatformOptions> platform) : IHostRoutes
{
    private readonly string? _own = Uri.TryCreate(platform.Value.PublicUrl, UriKind.Absolute, out var site) ? site.Host : null;

    public ValueTask<HostRoute?> FindAsync(HttpRequest http)
    {
        var host = http.Host.Host;
        return ready.IsReady && MayBeDomain(host) ? FindAsync(host, http.HttpContext.RequestAborted) : default;
    }

    private async ValueTask<HostRoute?> FindAsync(string host, CancellationToken ct) => await routes.FindAsync(host, ct) switch
    {
        { RedirectTo: { } other } => new HostRoute(FunctionInvokeFunctions.CallUrl, (request, _) => Task.FromResult<object?>(Redirect(request, other))),
        { FunctionId: { } function } => new HostRoute(FunctionInvokeFunctions.CallUrl, (request, services) => AnswerAsync(request, services, function)),
        _ => null,
    };

    private bool MayBeDomain(string host) => host.Contains('.', StringComparison.Ordinal) && !host.Equals(_own, StringComparison.OrdinalIgnoreCase) && !IPAddress.TryParse(host, out _);

    private static IResult Redirect(RawRequest request, string domain)
    {
        var http = request.Http;
        var (port, query) = (http.Host.Port is { } number ? $":{number}" : "", request.QueryString is { Length: > 0 } text ? $"?{text}" : "");
        return Results.Redirect($"{http.Scheme}://{domain}{port}{http.Path.ToUriComponent()}{query}", permanent: true, preserveMethod: true);
    }

    private static Task<object?> AnswerAsync(RawRequest request, IServiceProvider services, Guid function) =>
        services.GetRequiredService<FunctionUrlCalls>().AnswerAsync(request, function, request.Http.Path.Value ?? "/", ownHost: true, request.Http.HttpContext.RequestAborted);
}
