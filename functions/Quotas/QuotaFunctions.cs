using Microsoft.AspNetCore.Http;
using Platform.Data;
using Platform.Quotas;

namespace Platform.Functions.Quotas;

/// <summary>Limits of single users, projects and organizations, for operators.</summary>
[Api(Family.Executions)]
public sealed class QuotaFunctions(QuotaAdministration quotas)
{
    private const string All = "api/v1/admin/quotas";
    private const string One = $"{All}/{{subjectType}}/{{subjectId}}";

    /// <summary>List the platform's limits and those that operators have set for single users, projects and organizations.</summary>
    [Function("AdminQuotas_List")]
    [Operation(Permissions.PlatformExecutions, Rate.Admin, Query = typeof(QuotaFilter))]
    public async Task<Result<QuotaPage>> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest http, CancellationToken ct)
    {
        var filter = http.ReadQuery<QuotaFilter>();
        return filter.IsOk ? await quotas.ListAsync(filter.Value, ct) : filter.Error;
    }

    /// <summary>Read the limits of a user, project or organization and how today's use stands against them.</summary>
    [Function("AdminQuotas_Get")]
    [Operation(Permissions.PlatformExecutions, Rate.Admin)]
    public async Task<Result<QuotaView>> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest http, string subjectType, string subjectId, CancellationToken ct) =>
        EnumWords<SubjectKind>.TryParse(subjectType, out var kind) ? await quotas.GetAsync(kind, subjectId.ToId(), ct) : QuotaErrors.UnknownSubject;

    /// <summary>Replace the limits of a user, project or organization; those left out become the platform's.</summary>
    [Function("AdminQuotas_Set")]
    [Operation(Permissions.PlatformExecutions, Rate.Admin, Audit = "quota.set", Body = typeof(QuotaChange))]
    public async Task<Result<QuotaView>> SetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest http, string subjectType, string subjectId, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<QuotaChange>(ct);
        if (!body.IsOk)
            return body.Error;
        return EnumWords<SubjectKind>.TryParse(subjectType, out var kind) ? await quotas.SetAsync(kind, subjectId.ToId(), body.Value, ct) : QuotaErrors.UnknownSubject;
    }

    /// <summary>Give a user, project or organization the platform's limits back.</summary>
    [Function("AdminQuotas_Reset")]
    [Operation(Permissions.PlatformExecutions, Rate.Admin, Audit = "quota.reset")]
    public async Task<Result<QuotaView>> ResetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest http, string subjectType, string subjectId, CancellationToken ct) =>
        EnumWords<SubjectKind>.TryParse(subjectType, out var kind) ? await quotas.ResetAsync(kind, subjectId.ToId(), ct) : QuotaErrors.UnknownSubject;
}
