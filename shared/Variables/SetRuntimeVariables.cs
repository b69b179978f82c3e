using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Data;
using Platform.Idempotency;
using Platform.Organizations;

namespace Platform.Variables;

/// <summary>
/// Sets variables for run time in one project, all or none. A key has one value per target. Replacing takes the draft's targets from the variables that have them: one that had
/// no others becomes the draft, one that had others keeps those with its value.
/// </summary>
public sealed class SetRuntimeVariables(
    PlatformDbContext db, VariableVault vault, AuditTrail audit, IdempotentRequest idempotency, IOptions<VariableOptions> options, TimeProvider clock)
{
    /// <param name="drafts">No two of them have a key and a target in common.</param>
    /// <param name="replace">Whether variables with a common key and target give way; otherwise they refuse the request.</param>
    /// <param name="answer">What the caller will be told; kept, sealed, for repetitions of his request.</param>
    public async Task<Result<RuntimeVariablesSet>> SetAsync(
        Guid projectId, IReadOnlyList<RuntimeVariableDraft> drafts, bool replace, Func<RuntimeVariablesSet, object> answer, CancellationToken ct) =>
        await db.InTransactionAsync<Result<RuntimeVariablesSet>>(
            async () =>
            {
                if (!await db.LockProjectAsync(projectId, ct))
                    return VariableErrors.ProjectNotFound;
                var keys = drafts.Select(draft => draft.Key).ToHashSet(StringComparer.Ordinal);
                var rows = await db.Variables.Where(row => row.ProjectId == projectId && row.Audience == VariableAudience.Runtime && keys.Contains(row.Key)).OrderBy(row => row.Id).ToListAsync(ct);
                var places = drafts.Select(draft => new Place(draft, [.. rows.Where(row => row.Key == draft.Key && (row.Targets & draft.Targets) != VariableTargets.None)])).ToList();
                if (!replace && places.Find(place => place.Former.Count > 0) is { } taken)
                    return VariableErrors.KeyTakenFor(taken.Draft.Key);
                if (await RoomAsync(projectId, places, ct) is { } full)
                    return full;
                return await StoreAsync(projectId, places, answer, ct);
            },
            ct);

    private async Task<Error?> RoomAsync(Guid projectId, List<Place> places, CancellationToken ct)
    {
        var more = places.Sum(place => (place.Heir is null ? 1 : 0) - place.Leaving.Count());
        var maximum = options.Value.MaxRuntimePerProject;
        var count = await db.Variables.CountAsync(row => row.ProjectId == projectId && row.Audience == VariableAudience.Runtime, ct);
        return more > 0 && count + more > maximum ? VariableErrors.TooMany(maximum) : null;
    }

    private async Task<RuntimeVariablesSet> StoreAsync(Guid projectId, List<Place> places, Func<RuntimeVariablesSet, object> answer, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        places.ForEach(place => place.Variable = place.Heir ?? New(projectId, place.Draft.Key, now));
        Note(places);
        places.ForEach(place => MakeRoom(place, now));
        await db.SaveChangesAsync(ct); // the targets are free before others take them

        var readings = new List<VariableReading>(places.Count);
        foreach (var place in places)
            readings.Add(new VariableReading(await SetAsync(place, now, ct), place.Draft.Value));
        var set = new RuntimeVariablesSet(readings, places.Exists(place => place.Heir is null));
        await idempotency.CompleteSealedAsync(answer(set), ct);
        await db.SaveChangesAsync(ct);
        return set;
    }

    private void MakeRoom(Place place, DateTimeOffset now)
    {
        foreach (var leaving in place.Leaving)
        {
            db.Remove(leaving);
            db.Raise(VariableChanged.Of(leaving, "deleted"));
        }

        foreach (var row in place.Former.Where(row => (row.Targets & ~place.Draft.Targets) != VariableTargets.None))
        {
            row.Targets &= ~place.Draft.Targets;
            (row.UpdatedAt, row.Version) = (now, row.Version + 1);
            db.Raise(VariableChanged.Of(row, "updated"));
        }
    }

    private async Task<Variable> SetAsync(Place place, DateTimeOffset now, CancellationToken ct)
    {
        var (draft, variable) = (place.Draft, place.Variable!);
        (variable.Targets, variable.Scopes, variable.Description) = (draft.Targets, draft.Scopes, draft.Description);
        variable.Type = draft.Sensitive ? VariableType.Secret : VariableType.Plain;
        variable.Value = await vault.SealAsync(variable, draft.Value, ct);
        (variable.UpdatedAt, variable.Version) = (now, variable.Version + 1);
        if (place.Heir is null)
            db.Add(variable);
        db.Raise(VariableChanged.Of(variable, place.Heir is null ? "created" : "updated"));
        return variable;
    }

    private Variable New(Guid projectId, string key, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        OrganizationId = db.Caller.OrganizationId!.Value,
        ProjectId = projectId,
        Audience = VariableAudience.Runtime,
        Key = key,
        Type = VariableType.Secret,
        CreatedBy = db.Caller.UserId,
        CreatedAt = now,
    };

    private void Note(List<Place> places)
    {
        if (places is [{ Variable: { } only }])
            audit.Target("variable", only.Id, only.Key);
        else
            audit.Note("keys", places.Select(place => place.Draft.Key).ToList());
    }

    // A draft and the variables that have its key and one of its targets.
    private sealed record Place(RuntimeVariableDraft Draft, IReadOnlyList<Variable> Former)
    {
        public Variable? Variable { get; set; }

        public Variable? Heir { get; } = Former.FirstOrDefault(row => IsWithin(row, Draft));

        public IEnumerable<Variable> Leaving => Former.Where(row => row != Heir && IsWithin(row, Draft));

        private static bool IsWithin(Variable row, RuntimeVariableDraft draft) => (row.Targets & ~draft.Targets) == VariableTargets.None;
    }
}
