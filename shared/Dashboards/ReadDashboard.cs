using Microsoft.Extensions.Logging;
using Platform.Data;

namespace Platform.Dashboards;

/// <summary>Reads the parts of a project's dashboard that the caller may see. A part that fails is told by its name and does not stop the others.</summary>
public sealed class ReadDashboard(PlatformDbContext db, IEnumerable<IDashboardPart> parts, ILogger<ReadDashboard> log)
{
    /// <summary>Names of the parts that the caller may read on the project, in order.</summary>
    public IReadOnlyList<string> Visible(Guid projectId) =>
        [.. parts.Where(part => db.Caller.CanIn(projectId, part.Permission)).Select(part => part.Name).Order(StringComparer.Ordinal)];

    public async Task<DashboardFigures> ReadAsync(DashboardRange range, IReadOnlyList<string> names, CancellationToken ct)
    {
        var figures = new Dictionary<string, object>(StringComparer.Ordinal);
        var failed = new List<string>();
        foreach (var part in parts.Where(part => names.Contains(part.Name)))
        {
            if (await FiguresOfAsync(part, range, ct) is { } found)
                figures.Add(part.Name, found);
            else
                failed.Add(part.Name);
        }

        failed.Sort(StringComparer.Ordinal);
        return new DashboardFigures(figures, failed);
    }

    private async Task<object?> FiguresOfAsync(IDashboardPart part, DashboardRange range, CancellationToken ct)
    {
        try
        {
            var read = await part.ReadAsync(range, ct);
            return read.IsOk ? read.Value : null;
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            log.LogError(fault, "Part {Part} of a dashboard could not be read", part.Name);
            return null;
        }
    }
}

/// <summary>Figures by the name of their part, and the names of those that could not be read.</summary>
public sealed record DashboardFigures(IReadOnlyDictionary<string, object> Parts, IReadOnlyList<string> Errors)
{
    /// <summary>Null when the caller may not see the part or it could not be read.</summary>
    public T? Find<T>(string name)
        where T : class => Parts.GetValueOrDefault(name) as T;
}
