using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Platform.Organizations;

namespace Platform.Functions.Http;

/// <summary>
/// The request's place: the organization or project in the path, else the project in <c>X-Project-Id</c>, else the session's or token's own. 404 when it is not one of the
/// caller's; otherwise the request goes on as if it were active.
/// </summary>
internal sealed class PlaceGate(CallerPlace places) : RequestGate
{
    private const string Header = "X-Project-Id";
    private const string Project = "projectId";
    private const string Organization = "organizationId";

    public override ValueTask<Error?> CheckAsync(ApiRequest request, IServiceProvider services)
    {
        if (request.Operation.IsPublic || request.Operation.NeedsOperator)
            return default;
        if (InPath(request, Project) is { } project)
            return MoveAsync(request, places.AtProjectAsync(request.Caller, project.ToId(), request.Operation.TakesArchived || request.Family == Family.Delivery, request.Http.RequestAborted), services);
        if (InPath(request, Organization) is { } organization)
            return MoveAsync(request, places.AtOrganizationAsync(request.Caller, organization.ToId(), request.Http.RequestAborted), services);
        if (request.Http.Request.Headers.TryGetValue(Header, out var header))
            return MoveAsync(request, places.AtProjectAsync(request.Caller, header.ToString().ToId(), request.Family == Family.Delivery, request.Http.RequestAborted), services);
        return default;
    }

    // Projects of the inference workbench have the same word in their paths and are something else.
    private static string? InPath(ApiRequest request, string name) =>
        request.Family is Family.Checks or Family.Delivery or Family.Executions && request.Http.Request.RouteValues.TryGetValue(name, out var value) ? value as string ?? value?.ToString() : null;

    private static async ValueTask<Error?> MoveAsync(ApiRequest request, ValueTask<Result<Caller>> move, IServiceProvider services)
    {
        var moved = await move;
        if (!moved.IsOk)
            return moved.Error;
        request.Caller = moved.Value;
        services.GetRequiredService<CallerScope>().Current = moved.Value;
        return null;
    }
}
