using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Idempotency;

namespace Platform.Functions.Http;

/// <summary>
/// Operations that honour <c>Idempotency-Key</c>: the first request with a key does the work, repetitions get its answer. A refused or failed request
/// releases the key, unless its effect was committed together with the key's completion.
/// </summary>
internal sealed class IdempotencyMiddleware(IdempotencyStore store) : IFunctionsWorkerMiddleware
{
    private const string Header = "Idempotency-Key";

    private static readonly Error InWork = Error.Conflict(RequestErrors.IdempotencyBusyCode, "Request with this idempotency key is still being processed") with { RetryAfter = TimeSpan.FromSeconds(1) };
    private static readonly Error AnswerNotKept = Error.Conflict("idempotency.completed", "Request with this idempotency key was already processed");

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var request = ApiRequest.Of(context.GetHttpContext()!);
        return request.Operation.Idempotent && ScopeOf(request.Caller) is not null && request.Http.Request.Headers.ContainsKey(Header)
            ? InvokeAsync(context, request, next)
            : next(context);
    }

    // The user, else the credential, which is a job's key.
    private static Guid? ScopeOf(Caller caller) => caller.UserId ?? caller.TokenId;

    private async Task InvokeAsync(FunctionContext context, ApiRequest request, FunctionExecutionDelegate next)
    {
        var ct = request.Http.RequestAborted;
        var key = request.Http.Request.Headers[Header].ToString();
        if (!IsValid(key, request.Family))
        {
            request.Refusal = Error.Invalid(Problem.Header("idempotency-key", "Idempotency key should be 1 to 255 printable ASCII characters", "value_error"))
                with
            { Code = RequestErrors.IdempotencyKeyCode };
            return;
        }
        if (await request.Body.ReadAsync(ct) is not { } body)
        {
            request.Refusal = RequestErrors.TooLarge;
            return;
        }
        var scoped = $"http:{ScopeOf(request.Caller):N}:{request.Operation.Name}:{request.Http.Request.Path}:{key}";
        var reservation = await store.ReserveAsync(scoped, Fingerprint.Of(body, MultipartBoundary.Of(request.Http.Request)), ct);
        if (reservation.Kind == ReservationKind.Reserved)
            await WorkAsync(context, request, reservation, next);
        else
            await RepeatAsync(context, request, reservation);
    }

    private async Task WorkAsync(FunctionContext context, ApiRequest request, Reservation reservation, FunctionExecutionDelegate next)
    {
        var running = context.InstanceServices.GetRequiredService<IdempotentRequest>();
        running.Begin(reservation, WireJson.For(request.Family), request.Operation.Success);
        var done = false;
        try
        {
            await next(context);
            done = request.Refusal is null && context.GetInvocationResult().Value is IResultValue { Error: null };
            if (done && !running.IsCompleted)
            {
                var answer = ((IResultValue)context.GetInvocationResult().Value!).Value;
                if (request.Operation.SealedAnswerLimit is > 0 and var most && answer is not null)
                    await running.CompleteSealedAsync(answer, CancellationToken.None, most);
                else
                    running.Complete(answer);
                await context.InstanceServices.GetRequiredService<PlatformDbContext>().SaveChangesAsync(CancellationToken.None);
            }
        }
        finally
        {
            if (!done)
                await store.ReleaseAsync(reservation);
        }
    }

    private static async Task RepeatAsync(FunctionContext context, ApiRequest request, Reservation reservation)
    {
        switch (reservation.Kind)
        {
            case ReservationKind.Completed when reservation is { StatusCode: IdempotencyStore.SecretShown, Answer: { } id }:
                request.Refusal = AnswerNotKept with { More = new Dictionary<string, object> { ["id"] = JsonSerializer.Deserialize<Guid>(id) } };
                break;
            case ReservationKind.Completed when reservation.Answer is not null:
                request.Http.Response.Headers["Idempotency-Replayed"] = "true";
                request.Http.Response.StatusCode = reservation.StatusCode;
                var answer = await context.InstanceServices.GetRequiredService<IdempotentRequest>().OpenAsync(reservation, request.Http.RequestAborted);
                context.GetInvocationResult().Value = JsonSerializer.Deserialize<JsonElement>(answer);
                break;
            case ReservationKind.Completed:
                request.Refusal = AnswerNotKept;
                break;
            case ReservationKind.InWork:
                request.Refusal = InWork;
                break;
            default:
                request.Refusal = Reused(request.Family);
                break;
        }
    }

    private static Error Reused(Family family)
    {
        var kind = family == Family.Executions ? ErrorKind.Invalid : ErrorKind.Conflict;
        return new Error(kind, RequestErrors.IdempotencyReusedCode, "Idempotency key was already used with a different request");
    }

    private static bool IsValid(string key, Family family) =>
        key.Length > 0 && key.Length <= (family == Family.Inference ? 128 : 255) && !key.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
