using Platform.Builds;

namespace Platform.Functions.Builds;

/// <summary>Draws how the newest finished build of a branch ended. For those who may read builds: a picture for everybody would tell strangers which projects there are.</summary>
public sealed class BuildBadge(BuildQueries builds, BuildConfigs configs)
{
    public const string MediaType = "image/svg+xml";

    private const int LabelWidth = 40;
    private const int LetterWidth = 7;
    private const int Padding = 12;

    /// <summary>The picture; without a branch that of the production branch.</summary>
    public async Task<string> DrawAsync(Guid projectId, string? branch, CancellationToken ct)
    {
        var wanted = branch ?? ((await configs.FindAsync(projectId, ct))?.Settings ?? new BuildSettings()).ProductionBranch;
        return await builds.LastStatusAsync(projectId, wanted, ct) is { } status
            ? Draw(status == BuildStatus.Succeeded ? "passing" : "failing", status == BuildStatus.Succeeded ? "#2e7d32" : "#c62828")
            : Draw("unknown", "#616161");
    }

    // Fixed words only: nothing of a user gets into the picture.
    private static string Draw(string word, string colour)
    {
        var width = (word.Length * LetterWidth) + Padding;
        return $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{LabelWidth + width}" height="20" role="img" aria-label="build: {word}">
            <title>build: {word}</title>
            <rect width="{LabelWidth}" height="20" fill="#444"/>
            <rect x="{LabelWidth}" width="{width}" height="20" fill="{colour}"/>
            <g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
            <text x="{LabelWidth / 2}" y="14">build</text>
            <text x="{LabelWidth + (width / 2)}" y="14">{word}</text>
            </g>
            </svg>
            """;
    }
}
