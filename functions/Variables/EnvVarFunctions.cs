using Microsoft.AspNetCore.Http;
using Platform.Functions.Http;
using Platform.Identity;
using Platform.Organizations;
using Platform.RateLimits;
using Platform.Variables;

namespace Platform.Functions.Variables;

/// <summary>Environment variables of a project's builds and functions.</summary>
[Api(Family.Delivery)]
public sealed class EnvVarFunctions(RuntimeVariables variables, SetRuntimeVariables set, RequestedProject projects)
{
    private const string All = "api/settings/env-vars";

    /// <summary>Create one environment variable or several, all or none; with <c>upsert</c> those of the same key and target are replaced.</summary>
    [Function("EnvVars_Create")]
    [Operation(Permissions.EnvWrite, Rate.Default, Success = 201, ObjectFirst = true, Idempotent = true, Audit = "variable.set", Body = typeof(EnvVarsBody), Response = typeof(EnvVarView),
        AlternativeResponse = typeof(IReadOnlyList<EnvVarView>))]
    public async Task<Result<object>> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<EnvVarsBody>(ct);
        var project = await projects.EnterAsync(body.IsOk ? body.Value.ProjectId : null, Permissions.EnvWrite, ct);
        if (!project.IsOk || !body.IsOk)
            return (project.Error ?? body.Error)!;
        var stored = await set.SetAsync(project.Value, body.Value.ToDrafts(), body.Value.Upsert, AnswerTo, ct);
        if (!stored.IsOk)
            return stored.Error;
        if (!stored.Value.AnyCreated)
            http.Api().Success = StatusCodes.Status200OK;
        return AnswerTo(stored.Value);

        object AnswerTo(RuntimeVariablesSet all) => body.Value.Variables is null ? EnvVarView.Of(all.Variables[0]) : all.Variables.Select(EnvVarView.Of).ToList();
    }

    /// <summary>List environment variables, sensitive values masked, beside the variables of the project's tests.</summary>
    [Function("EnvVars_List")]
    [Operation(Permissions.EnvRead, Rate.Default, ObjectFirst = true, Query = typeof(EnvVarQuery))]
    public async Task<Result<Page<EnvVarView>>> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<EnvVarQuery>();
        var project = await projects.EnterOneOrAllAsync(query.IsOk ? query.Value.ProjectId : null, Permissions.EnvRead, ct);
        if (!project.IsOk || !query.IsOk)
            return (project.Error ?? query.Error)!;
        var page = await variables.ListAsync(query.Value.ToFilter(project.Value), query.Value.Offset, query.Value.Limit, ct);
        return new Page<EnvVarView>([.. page.Items.Select(EnvVarView.Of)], page.Total, page.Limit, page.Offset);
    }

    /// <summary>Delete an environment variable; what runs keeps its value.</summary>
    [Function("EnvVars_Delete")]
    [Operation(Permissions.EnvWrite, Rate.Default, ObjectFirst = true, Audit = "variable.unset")]
    public async Task<Result<EnvVarDeleted>> DeleteAsync([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = $"{All}/{{varId}}")] HttpRequest http, string varId, CancellationToken ct)
    {
        var deleted = await variables.DeleteAsync(varId.ToId(), ct);
        return deleted.IsOk ? new EnvVarDeleted(deleted.Value.Id, deleted.Value.Key, Deleted: true) : deleted.Error;
    }
}
