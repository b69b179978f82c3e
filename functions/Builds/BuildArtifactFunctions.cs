using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Platform.Builds;
using Platform.Functions.Http;

namespace Platform.Functions.Builds;

/// <summary>What builds leave behind.</summary>
[Api(Family.Delivery)]
public sealed class BuildArtifactFunctions(BuildQueries builds, BuildArtifacts artifacts, BuildBadge badge, TimeProvider clock)
{
    private const string All = "all";
    private const string Zip = "application/zip";

    /// <summary>Download an artifact, or with the id <c>all</c> a zip archive of all that are kept.</summary>
    [Function("BuildArtifacts_Download")]
    [Operation(Permissions.BuildsRead, Rate.Default, ObjectFirst = true, Response = typeof(string), Produces = "application/octet-stream")]
    public async Task<object> DownloadAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/builds/{buildId}/artifacts/{artifactId}")] HttpRequest http, string buildId, string artifactId, CancellationToken ct)
    {
        var found = await builds.FindAsync(buildId.ToId(), Permissions.BuildsRead, ct);
        if (!found.IsOk)
            return (Result<Nothing>)found.Error;
        http.HttpContext.Response.Headers.CacheControl = "no-store";
        if (artifactId == All)
            return await ZipAsync(found.Value, ct);
        var artifact = await builds.FindArtifactAsync(found.Value, artifactId.ToId(), clock.GetUtcNow(), ct);
        if (!artifact.IsOk)
            return (Result<Nothing>)artifact.Error;
        if (await artifacts.OpenAsync(artifact.Value, ct) is not { } content)
            return (Result<Nothing>)BuildErrors.ArtifactExpired;
        var (type, name, tag) = (BuildArtifacts.SafeType(artifact.Value.ContentType), Path.GetFileName(artifact.Value.Path), new EntityTagHeaderValue($"\"{artifact.Value.Sha256}\""));
        return Results.Stream(content, type, name, artifact.Value.CreatedAt, tag, enableRangeProcessing: content.CanSeek);
    }

    /// <summary>Show how the newest finished build of a branch ended, as a picture (SVG).</summary>
    [Function("Builds_GetBadge")]
    [Operation(Permissions.BuildsRead, Rate.Default, Query = typeof(BadgeQuery), Response = typeof(string), Produces = BuildBadge.MediaType)]
    public async Task<object> GetBadgeAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/builds/project/{projectId}/badge.svg")] HttpRequest http, string projectId, CancellationToken ct)
    {
        var query = http.ReadQuery<BadgeQuery>();
        if (!query.IsOk)
            return (Result<Nothing>)query.Error;
        var picture = await badge.DrawAsync(projectId.ToId(), query.Value.Branch, ct);
        http.HttpContext.Response.Headers.CacheControl = "no-cache";
        return Results.Text(picture, BuildBadge.MediaType, System.Text.Encoding.UTF8);
    }

    private async Task<object> ZipAsync(Build build, CancellationToken ct)
    {
        var kept = await builds.KeptArtifactsAsync(build, clock.GetUtcNow(), ct);
        if (kept.Count == 0)
            return (Result<Nothing>)BuildErrors.ArtifactNotFound;
        return Results.Stream(await artifacts.ZipAsync(kept, ct), Zip, $"build-{build.Number}.zip");
    }
}

/// <summary>Query of <c>GET /api/builds/project/{projectId}/badge.svg</c>.</summary>
public sealed record BadgeQuery
{
    /// <summary>Absent: the production branch.</summary>
    [System.ComponentModel.DataAnnotations.StringLength(255)]
    public string? Branch { get; init; }
}
