using Microsoft.AspNetCore.Http;
using Platform.Functions.Identity;
using Platform.Organizations;

namespace Platform.Functions.Organizations;

/// <summary>Organizations as the inference family shows them.</summary>
[Api(Family.Inference)]
public sealed class InferenceOrganizationFunctions(
    OrganizationQueries queries, OrganizationService organizations, ActivePlace place, SessionRenewal sessions, SessionCookies cookies, Caller caller)
{
    /// <summary>List my organizations, the newest first.</summary>
    [Function("InferenceOrganizations_List")]
    [Operation(Permissions.OrganizationsRead, Rate.Default)]
    public async Task<Result<IReadOnlyList<InferenceOrganizationRow>>> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "organizations")] HttpRequest http, CancellationToken ct) =>
        (await queries.ListAsync(caller, ct)).Select(details => InferenceOrganizationRow.From(details, details.Id == caller.OrganizationId)).ToList();

    /// <summary>Make an organization with a default project; I become its owner, and the session moves there unless I say otherwise.</summary>
    [Function("InferenceOrganizations_Create")]
    [Operation(Permissions.ProfileWrite, Rate.Default, Auth = Auth.SessionOnly, Audit = "organization.create", Idempotent = true, Body = typeof(InferenceNewOrganization))]
    public async Task<Result<InferenceOrganizationRow>> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "organizations")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<InferenceNewOrganization>(ct);
        if (!body.IsOk)
            return body.Error;
        if (Refusal(body.Value) is { } refusal)
            return refusal;
        var made = await organizations.CreateAsync(new NewOrganization(body.Value.Name!.Trim(), body.Value.Slug), ct);
        if (!made.IsOk)
            return InferenceWords.Of(made.Error);
        if (body.Value.SetAsCurrent)
        {
            await place.EnterAsync(made.Value.Id, await place.ProjectInAsync(caller.UserId!.Value, made.Value.Id, ct), ct);
            await RenewAsync(http, ct);
        }
        return InferenceOrganizationRow.From(made.Value, body.Value.SetAsCurrent);
    }

    /// <summary>Move the session to another of my organizations; it gets a new token and cookies, the old ones stop working.</summary>
    [Function("InferenceOrganizations_Switch")]
    [Operation(Permissions.ProfileWrite, Rate.Default, Audit = "session.switch", ObjectFirst = true, Body = typeof(InferenceSwitch))]
    public async Task<Result<InferenceSwitched>> SwitchAsync([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "organizations/current")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<InferenceSwitch>(ct);
        var there = body.IsOk ? await place.SwitchOrganizationAsync(body.Value.OrganizationId, ct) : body.Error;
        if (!there.IsOk)
            return InferenceWords.Of(there.Error);
        var signedIn = await RenewAsync(http, ct);
        return new InferenceSwitched(there.Value.OrganizationId!.Value, there.Value.Access!.Role!.Value, signedIn.AccessToken);
    }

    private async Task<SignedIn> RenewAsync(HttpRequest http, CancellationToken ct)
    {
        var signedIn = await sessions.RenewAsync(caller.SessionId!.Value, ct);
        cookies.Write(http.HttpContext, signedIn);
        return signedIn;
    }

    private static Error? Refusal(InferenceNewOrganization body)
    {
        if (string.IsNullOrWhiteSpace(body.Name))
            return Error.Invalid(Problem.Body("name", "Field required", "missing"));
        return body.Name.Any(char.IsControl) ? Error.Invalid(Problem.Body("name", "Value should have no control characters", "value_error")) : null;
    }
}
