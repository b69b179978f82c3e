using System.Text;
using System.Text.Json;
using Platform.Data;
using Platform.Events;

namespace Platform.Idempotency;

/// <summary>
/// The idempotency key of the running request, if it has one. A service that creates something calls <see cref="Complete"/> with its answer before it saves:
/// the key is completed in the transaction of the effect, so that a crash leaves both or neither. Without that call the pipeline completes the key after the
/// function, in a transaction of its own.
/// </summary>
public sealed class IdempotentRequest(PlatformDbContext db, TimeProvider clock)
{
    private const int MaxAnswerBytes = 1024 * 1024;

    private Reservation? _reservation;
    private JsonSerializerOptions _json = WireJson.Snake.Writing;
    private int _status;

    /// <summary>The key is completed in the unit of work, or will be with its next save.</summary>
    public bool IsCompleted { get; private set; }

    public void Begin(Reservation reservation, WireJson json, int status) => (_reservation, _json, _status) = (reservation, json.Writing, status);

    /// <summary>
    /// Stores <paramref name="answer"/> as the answer to repetitions, together with the effect. Null stores none: for answers that show a secret once, repetitions get 409.
    /// </summary>
    public void Complete(object? answer)
    {
        if (_reservation is not { } reservation || IsCompleted)
            return;
        IsCompleted = true;
        var row = new IdempotencyKey { Key = reservation.Key, CreatedAt = reservation.Since, ExpiresAt = reservation.ExpiresAt, Status = IdempotencyStatus.Processing };
        db.Attach(row);
        var now = clock.GetUtcNow();
        row.Status = IdempotencyStatus.Completed;
        row.StatusCode = _status;
        row.CompletedAt = now;
        row.ProcessingDurationMs = (now - reservation.Since).TotalMilliseconds;
        if (answer is not null && JsonSerializer.Serialize(answer, answer.GetType(), _json) is var text && Encoding.UTF8.GetByteCount(text) <= MaxAnswerBytes)
            row.Result = text;
    }
}
