using Microsoft.AspNetCore.Http;
using Platform.Builds;
using Platform.Functions.Http;

namespace Platform.Functions.Builds;

/// <summary>Builds of projects. What is named is looked for before permission and body are checked.</summary>
[Api(Family.Delivery)]
public sealed class BuildFunctions(BuildQueries builds, CreateBuild create, RetryBuild retry, CancelBuild cancel, BuildPlace place)
{
    private const string Project = "api/builds/project/{projectId}";
    private const string One = "api/builds/{buildId}";
    private const int Mebibyte = 1024 * 1024;

    /// <summary>Create a build; it is done in the background. The source may come as the part <c>source</c> of a form, with this body in the part <c>build</c>.</summary>
    [Function("Builds_Create")]
    [Operation(
        Permissions.BuildsCreate, Rate.Default, Success = 201, Idempotent = true, Audit = "build.create", Body = typeof(NewBuild), Upload = typeof(BuildUpload), UploadPart = BuildUpload.File, UploadLimit = 512L * Mebibyte)]
    public async Task<Result<BuildView>> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Project)] HttpRequest http, string projectId, CancellationToken ct)
    {
        var project = await place.FindAsync(projectId.ToId(), ct);
        if (!project.IsOk)
            return project.Error;
        var request = http.IsMultipart() ? BuildUpload.ToRequest(await http.ReadUploadAsync<BuildUpload>(ct)) : BuildUpload.ToRequest(await http.ReadBodyAsync<NewBuild>(ct));
        if (!request.IsOk)
            return request.Error;
        var created = await create.CreateAsync(project.Value, request.Value.Build, request.Value.Archive, BuildPlace.New, ct);
        return created.IsOk ? new BuildView(await builds.DetailAsync(created.Value, ct)) : created.Error;
    }

    /// <summary>List the builds of a project.</summary>
    [Function("Builds_List")]
    [Operation(Permissions.BuildsRead, Rate.Default, Query = typeof(BuildFilter))]
    public async Task<Result<Page<BuildListView>>> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Project)] HttpRequest http, string projectId, CancellationToken ct)
    {
        var filter = http.ReadQuery<BuildFilter>();
        if (!filter.IsOk)
            return filter.Error;
        var page = await builds.ListAsync(projectId.ToId(), filter.Value, ct);
        return new Page<BuildListView>([.. page.Items.Select(row => new BuildListView(row))], page.Total, page.Limit, page.Offset);
    }

    /// <summary>Read a build with its steps, hooks and artifacts.</summary>
    [Function("Builds_Get")]
    [Operation(Permissions.BuildsRead, Rate.Default, ObjectFirst = true)]
    public async Task<Result<BuildView>> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest http, string buildId, CancellationToken ct)
    {
        var found = await builds.FindAsync(buildId.ToId(), Permissions.BuildsRead, ct);
        return found.IsOk ? new BuildView(await builds.DetailAsync(found.Value, ct)) : found.Error;
    }

    /// <summary>Try a build again that did not succeed: same source, same configuration, a new build.</summary>
    [Function("Builds_Retry")]
    [Operation(Permissions.BuildsCreate, Rate.Default, Success = 201, ObjectFirst = true, Idempotent = true, Audit = "build.retry", Body = typeof(NewRetry))]
    public async Task<Result<BuildView>> RetryAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = $"{One}/retry")] HttpRequest http, string buildId, CancellationToken ct)
    {
        var found = await builds.FindAsync(buildId.ToId(), Permissions.BuildsCreate, ct);
        var body = found.IsOk ? await http.ReadBodyAsync<NewRetry>(ct) : found.Error;
        var retried = body.IsOk ? await retry.RetryAsync(found.Value, body.Value, BuildPlace.New, ct) : body.Error;
        return retried.IsOk ? new BuildView(await builds.DetailAsync(retried.Value, ct)) : retried.Error;
    }

    /// <summary>Stop a build. The answer waits up to 5 seconds for its end.</summary>
    [Function("Builds_Cancel")]
    [Operation(Permissions.BuildsCancel, Rate.Default, ObjectFirst = true, Audit = "build.cancel", Body = typeof(BuildCancellation))]
    public async Task<Result<BuildView>> CancelAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = $"{One}/cancel")] HttpRequest http, string buildId, CancellationToken ct)
    {
        var found = await builds.FindAsync(buildId.ToId(), Permissions.BuildsCancel, ct);
        var body = found.IsOk ? await http.ReadBodyAsync<BuildCancellation>(ct) : found.Error;
        var cancelled = body.IsOk ? await cancel.CancelAsync(found.Value.Id, body.Value.Reason, ct) : body.Error;
        return cancelled.IsOk ? new BuildView(await builds.DetailAsync(cancelled.Value, ct)) : cancelled.Error;
    }
}
