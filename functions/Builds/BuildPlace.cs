using Platform.Builds;
using Platform.Organizations;

namespace Platform.Functions.Builds;

/// <summary>The project that a request about builds is about.</summary>
public sealed class BuildPlace(ProjectDirectory projects)
{
    /// <summary>The project in the path, which the pipeline has made the caller's place.</summary>
    public async ValueTask<Result<ProjectPlace>> FindAsync(Guid projectId, CancellationToken ct) =>
        await projects.FindAsync(projectId, ct) is { } found ? found : BuildErrors.ProjectNotFound;

    /// <summary>A build that has been made this moment.</summary>
    public static object New(Build build) => new BuildView(new BuildDetail(build, [], [], []));
}
