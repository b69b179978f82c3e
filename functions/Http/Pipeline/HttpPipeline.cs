using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Platform.Functions.Http;

/// <summary>The order in which every HTTP request passes the platform's checks. Functions that are not HTTP functions pass none of them.</summary>
public static class HttpPipeline
{
    public static void UseHttpPipeline(this IFunctionsWorkerApplicationBuilder app)
    {
        app.UseWhen<RequestMiddleware>(IsHttp);          // operation, correlation id, client address, headers of every answer
        app.UseWhen<MeasureMiddleware>(IsHttp);          // counts and times the requests of projects
        app.UseWhen<EnvelopeMiddleware>(IsHttp);         // faults → 500, results and refusals → the family's wire form
        app.UseWhen<ReadinessMiddleware>(IsHttp);        // 503 while the database is being migrated
        app.UseWhen<IdentificationMiddleware>(IsHttp);   // who is it; never refuses
        app.UseWhen<GatesMiddleware>(IsHttp);            // rate limit, 401, CSRF, place, permission in the family's order
        app.UseWhen<IdempotencyMiddleware>(IsHttp);
        app.UseWhen<AuditMiddleware>(IsHttp);
        app.UseWhen<HostRouteMiddleware>(IsHttp);        // domains that lead to functions
    }

    public static void AddHttpPipeline(this IServiceCollection services)
    {
        services.AddSingleton<ClientAddresses>();
        services.AddSingleton<CorsPolicy>();
        services.AddSingleton<ResponseWriter>();
        services.AddSingleton<RateGate>();
        services.AddSingleton<CredentialGate>();
        services.AddSingleton<CsrfGate>();
        services.AddSingleton<PlaceGate>();
        services.AddSingleton<PermissionGate>();
        services.AddSingleton<RouteTable>();
        services.AddSingleton<Summaries>();
    }

    private static bool IsHttp(FunctionContext context) => context.GetHttpContext() is not null;
}
