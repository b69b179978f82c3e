using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;

namespace Platform.Executions;

/// <summary>Reads sagas as the caller may see them: own ones, for operators all.</summary>
public sealed class SagaQueries(PlatformDbContext db, OperatorAccess operators)
{
    public async Task<Result<SagaView>> GetAsync(Guid id, CancellationToken ct)
    {
        if (await db.Sagas.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, ct) is not { } saga)
            return ExecutionErrors.SagaNotFound;
        await operators.NoteAsync("saga", id, () => Task.FromResult<Guid?>(saga.UserId), ct);
        return SagaView.From(saga);
    }

    public async Task<Result<SagaList>> ListAsync(SagaFilter filter, CancellationToken ct) => await PageAsync(db.Sagas, filter, ct);

    public async Task<Result<SagaList>> ListOfExecutionAsync(Guid executionId, SagaFilter filter, CancellationToken ct)
    {
        if (!await db.Executions.AnyAsync(e => e.Id == executionId, ct))
            return ExecutionErrors.NotFound;
        await operators.NoteAsync("execution", executionId, () => db.Executions.Where(e => e.Id == executionId).Select(e => (Guid?)e.UserId).SingleOrDefaultAsync(ct), ct);
        return await PageAsync(db.Sagas.Where(s => s.ExecutionId == executionId), filter, ct);
    }

    private static async Task<SagaList> PageAsync(IQueryable<Saga> sagas, SagaFilter filter, CancellationToken ct)
    {
        if (filter.State is { } state)
            sagas = sagas.Where(s => s.State == state);

        var total = await sagas.LongCountAsync(ct);
        var page = await sagas.AsNoTracking().OrderByDescending(s => s.CreatedAt).ThenByDescending(s => s.Id).Skip(filter.Offset).Take(filter.Limit).ToListAsync(ct);
        return new SagaList(page.ConvertAll(SagaView.From), total, filter.Limit, filter.Offset, filter.Offset + page.Count < total);
    }
}
