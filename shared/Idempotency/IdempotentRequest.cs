using System.Text;
using System.Text.Json;
using Platform.Data;
using Platform.Events;
using Platform.Secrets;

namespace Platform.Idempotency;

/// <summary>
/// The idempotency key of the running request, if it has one. A service that creates something calls <see cref="Complete"/> with its answer before it saves:
/// the key is completed in the transaction of the effect, so that a crash leaves both or neither. Without that call the pipeline completes the key after the
/// function, in a transaction of its own.
/// </summary>
public sealed class IdempotentRequest(PlatformDbContext db, ISecretBox secrets, TimeProvider clock)
{
    private const int MaxAnswerBytes = 1024 * 1024;
    private const string SealedPrefix = "sealed:"; // no JSON begins so

    private Reservation? _reservation;
    private JsonSerializerOptions _json = WireJson.Snake.Writing;
    private int _status;

    /// <summary>The key is completed in the unit of work, or will be with its next save.</summary>
    public bool IsCompleted { get; private set; }

    public void Begin(Reservation reservation, WireJson json, int status) => (_reservation, _json, _status) = (reservation, json.Writing, status);

    /// <summary>As <see cref="Complete"/> for an answer that shows a secret once: nothing of it is stored, repetitions get 409 with the id of what was made.</summary>
    public void CompleteWithSecret(Guid createdId)
    {
        _status = IdempotencyStore.SecretShown;
        Complete(createdId);
    }

    /// <summary>
    /// Stores <paramref name="answer"/> as the answer to repetitions, together with the effect. Null stores none: for answers that show a secret once, repetitions get 409.
    /// </summary>
    public void Complete(object? answer)
    {
        if (_reservation is not null && !IsCompleted)
            Store(_reservation, answer is null ? null : TextOf(answer));
    }

    /// <summary>As <see cref="Complete"/>, for an answer whose text must not stand in the database: it is sealed with the organization's key.</summary>
    /// <param name="most">Bytes beyond which it is not kept.</param>
    public async Task CompleteSealedAsync(object answer, CancellationToken ct, int most = MaxAnswerBytes)
    {
        if (_reservation is not { } reservation || IsCompleted)
            return;
        var organization = db.Caller.OrganizationId!.Value;
        var text = TextOf(answer, most) is { } plain ? $"{SealedPrefix}{organization:D}:{await secrets.SealAsync(organization, Place(reservation), plain, ct)}" : null;
        Store(reservation, text);
    }

    /// <summary>The stored answer to a repetition, in clear.</summary>
    public async ValueTask<string> OpenAsync(Reservation reservation, CancellationToken ct)
    {
        var answer = reservation.Answer!;
        if (!answer.StartsWith(SealedPrefix, StringComparison.Ordinal))
            return answer;
        var parts = answer.Split(':', 3);
        return await secrets.OpenAsync(Guid.ParseExact(parts[1], "D"), Place(reservation), parts[2], ct);
    }

    private void Store(Reservation reservation, string? answer)
    {
        IsCompleted = true;
        var row = new IdempotencyKey { Key = reservation.Key, CreatedAt = reservation.Since, ExpiresAt = reservation.ExpiresAt, Status = IdempotencyStatus.Processing };
        db.Attach(row);
        var now = clock.GetUtcNow();
        row.Status = IdempotencyStatus.Completed;
        row.StatusCode = _status;
        row.CompletedAt = now;
        row.ProcessingDurationMs = (now - reservation.Since).TotalMilliseconds;
        row.Result = answer;
    }

    private string? TextOf(object answer, int most = MaxAnswerBytes) =>
        JsonSerializer.Serialize(answer, answer.GetType(), _json) is var text && Encoding.UTF8.GetByteCount(text) <= most ? text : null;

    private static string Place(Reservation reservation) => $"idempotency_keys/{reservation.Key}/result";
}
