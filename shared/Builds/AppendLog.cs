using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Data;

namespace Platform.Builds;

/// <summary>Adds lines to a build's log, numbered without gaps under the lock of its row. A full log takes one more line that says so.</summary>
public sealed class AppendLog(PlatformDbContext db, BuildLogSignal signal, IOptions<BuildOptions> options, BuildClock clock)
{
    private const string Cut = "The log has reached its limit; what follows is not kept";
    private static readonly TimeSpan LateLines = TimeSpan.FromMinutes(10);

    /// <summary>Takes lines that are reported from elsewhere.</summary>
    public async Task<Result<AcceptedLines>> ReportAsync(Guid buildId, NewLogLines reported, CancellationToken ct)
    {
        var added = await db.InTransactionAsync(() => ReportLockedAsync(buildId, reported.All, ct), ct);
        signal.Set(buildId);
        return added;
    }

    /// <summary>Adds lines of the platform's own run; whether more would be kept.</summary>
    internal async Task<bool> AddAsync(Guid buildId, IReadOnlyList<NewLine> lines, CancellationToken ct)
    {
        var goesOn = await db.InTransactionAsync(
            async () =>
            {
                if (await db.LockBuildAsync(buildId, ct) is not { } build)
                    return false;
                await AddLockedAsync(build, lines, ct);
                return !build.LogCut;
            },
            ct);
        signal.Set(buildId);
        return goesOn;
    }

    private async Task<Result<AcceptedLines>> ReportLockedAsync(Guid buildId, IReadOnlyList<ReportedLine> reported, CancellationToken ct)
    {
        if (await db.LockBuildAsync(buildId, ct) is not { } build)
            return BuildErrors.NotFound;
        var now = clock.Now;
        if (build.Status.IsOver() && (build.Executor != BuildExecutor.External || now > build.FinishedAt + LateLines))
            return BuildErrors.Finished;
        var steps = reported.Select(line => line.StepId).OfType<Guid>().Distinct().ToList();
        if (steps.Count > 0 && await db.BuildSteps.CountAsync(step => step.BuildId == buildId && steps.Contains(step.Id), ct) != steps.Count)
            return BuildErrors.StepOfAnother;
        List<NewLine> lines = [.. reported.SelectMany(line => LogText.Split(line.Message!)
            .Select(piece => new NewLine(line.Timestamp ?? now, line.Stream ?? LogStream.User, line.Level ?? LogLevel.Info, line.StepId, piece)))];
        var before = build.LogLines;
        await AddLockedAsync(build, lines, ct);
        return build.LogLines == before ? new AcceptedLines(0, null, null) : new AcceptedLines((int)(build.LogLines - before), before + 1, build.LogLines);
    }

    private async Task AddLockedAsync(Build build, IReadOnlyList<NewLine> lines, CancellationToken ct)
    {
        if (build.LogCut || lines.Count == 0)
            return;
        var kept = new List<NewLine>(lines.Count);
        foreach (var line in lines)
        {
            var size = Encoding.UTF8.GetByteCount(line.Message);
            if (build.LogBytes + size > options.Value.MaxLogBytes)
            {
                build.LogCut = true;
                kept.Add(new NewLine(line.Timestamp, LogStream.System, LogLevel.Warn, null, Cut));
                break;
            }

            build.LogBytes += size;
            kept.Add(line);
        }

        Count(build, kept);
        db.Add(new BuildLogChunk
        {
            BuildId = build.Id,
            First = build.LogLines - kept.Count + 1,
            Last = build.LogLines,
            OrganizationId = build.OrganizationId,
            Content = LogChunkCodec.Pack(kept),
            CreatedAt = clock.Now,
        });
        await db.SaveChangesAsync(ct);
        foreach (var group in kept.Where(line => line.StepId is not null).CountBy(line => line.StepId!.Value))
        {
            var (step, count) = (group.Key, group.Value);
            await db.BuildSteps.Where(row => row.Id == step).ExecuteUpdateAsync(set => set.SetProperty(row => row.LogLines, row => row.LogLines + count), ct);
        }
    }

    private static void Count(Build build, List<NewLine> lines)
    {
        build.LogLines += lines.Count;
        build.LogWarnings += lines.Count(line => line.Level == LogLevel.Warn);
        build.LogErrors += lines.Count(line => line.Level == LogLevel.Error);
    }
}
