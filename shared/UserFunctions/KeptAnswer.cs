using Platform.Data;
using Platform.Idempotency;

namespace Platform.UserFunctions;

/// <summary>Keeps the answer to an invocation for repetitions of its request, sealed: it holds what the function gave back.</summary>
public sealed class KeptAnswer(PlatformDbContext db, IdempotentRequest idempotency)
{
    private const long MaxBytes = 256 * 1024;

    public async Task KeepAsync(InvocationView view, CancellationToken ct)
    {
        if (view.ResponseBytes > MaxBytes)
            idempotency.Complete(null);
        else
            await idempotency.CompleteSealedAsync(view, ct);
        if (idempotency.IsCompleted)
            await db.SaveChangesAsync(CancellationToken.None);
    }
}
