using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

using Platform.Functions.Http;
using Platform.Idempotency;
using Platform.Identity;
using Platform.RateLimits;

namespace Platform.Tests.Http;

public enum Colour
{
    DarkRed,
    Green,
}

public sealed record ProbeInner([MaxLength(3)] string Name, int Count);

public sealed record ProbeBody([StringLength(5, MinimumLength = 2)] string Word, [Range(1, 10)] int Number) : IValidatableObject
{
    public Colour? Colour { get; init; }

    public DateTimeOffset? At { get; init; }

    public IReadOnlyList<ProbeInner> Items { get; init; } = [];

    public Dictionary<string, object?>? Anything { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Word == "no" && Number == 1)
            yield return new ValidationResult("no does not go with 1", [nameof(Number)]);
    }
}

public sealed record OptionalBody(string? Word = null, int? Number = null);

public sealed record ProbeQuery : IValidatableObject
{
    [Range(1, 100)]
    public int Limit { get; init; } = 20;

    public DateTimeOffset? StartTime { get; init; }

    public DateTimeOffset? EndTime { get; init; }

    [MaxLength(3)]
    public IReadOnlyList<string> Types { get; init; } = [];

    public Colour? Colour { get; init; }

    public IReadOnlyList<Colour> Colours { get; init; } = [];

    public bool Deep { get; init; }

    public double? Share { get; init; }

    [Clamped(1, 500), Alias("size")]
    public int PageSize { get; init; } = 200;

    public Guid? Id { get; init; }

    [StringLength(5)]
    public string? Word { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => TimeRange.Check(StartTime, EndTime, nameof(StartTime));
}

public sealed record ProbeAnswer(string WordOfMine, int Number, Colour? Colour, DateTimeOffset? At);

/// <summary>Counts what the probes did; one per app.</summary>
public sealed class ProbeEffects
{
    private int _count;

    public int Count => _count;

    public TaskCompletionSource Hold { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Happen() => Interlocked.Increment(ref _count);
}

[Api(Family.Executions)]
public sealed class ExecutionsProbes(ProbeEffects effects, IdempotentRequest idempotent, Platform.Data.PlatformDbContext db)
{
    [Function("Probe_Executions")]
    [Operation(Permissions.ExecutionsRun, Rate.Api, Idempotent = true, Audit = "probe.run", Body = typeof(ProbeBody))]
    public async Task<Result<ProbeAnswer>> PostAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/probe")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<ProbeBody>(ct);
        if (!body.IsOk)
            return body.Error;
        if (body.Value.Word == "stop")
            return Error.BadState("probe.stopped", "Probe is stopped");
        effects.Happen();
        var answer = new ProbeAnswer(body.Value.Word, effects.Count, body.Value.Colour, body.Value.At);
        idempotent.Complete(answer);
        await db.SaveChangesAsync(ct);
        if (body.Value.Word == "crash")
            throw new InvalidOperationException("secret text of the exception");
        return answer;
    }

    [Function("Probe_ExecutionsOptional")]
    [Operation(Permissions.ExecutionsRead, Rate.None, Body = typeof(OptionalBody))]
    public async Task<Result<OptionalBody>> OptionalAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/probe/optional")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<OptionalBody>(ct);
        return body.IsOk ? body.Value : body.Error;
    }

    [Function("Probe_ExecutionsQuery")]
    [Operation(Permissions.Public, Rate.None, Query = typeof(ProbeQuery))]
    public Result<ProbeQuery> Query([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/probe/query")] HttpRequest http) => http.ReadQuery<ProbeQuery>();

    [Function("Probe_ExecutionsUndeclared")]
    [Operation(Permissions.Public, Rate.None)]
    public Result<ProbeQuery> Undeclared([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/probe/undeclared")] HttpRequest http) => http.ReadQuery<ProbeQuery>();

    [Function("Probe_ExecutionsAdmin")]
    [Operation(Permissions.PlatformStats, Rate.Admin, Audit = "probe.admin")]
    public Result<Nothing> Admin([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/probe/admin")] HttpRequest http) => default(Nothing);
}

[Api(Family.Delivery)]
public sealed class DeliveryProbes
{
    [Function("Probe_Delivery")]
    [Operation(Permissions.BuildsCreate, Rate.Default, Success = 201, Body = typeof(ProbeBody))]
    public Task<Result<ProbeAnswer>> PostAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/builds/probe")] HttpRequest http, CancellationToken ct) => Probe.EchoAsync(http, ct);

    [Function("Probe_DeliveryList")]
    [Operation(Permissions.BuildsRead, Rate.Default)]
    public Result<Page<string>> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/builds/probe")] HttpRequest http) => new Page<string>(["a", "b"], 7, 2, 4);
}

[Api(Family.Checks)]
public sealed class ChecksProbes
{
    [Function("Probe_Checks")]
    [Operation(Permissions.TestsRead, Rate.Default, Body = typeof(ProbeBody))]
    public Task<Result<ProbeAnswer>> PostAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/tests/probe")] HttpRequest http, CancellationToken ct) => Probe.EchoAsync(http, ct);
}

[Api(Family.Agents)]
public sealed class AgentsProbes
{
    [Function("Probe_Agents")]
    [Operation(Permissions.TasksWrite, Rate.Default, Body = typeof(ProbeBody))]
    public Task<Result<ProbeAnswer>> PostAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/tasks/probe")] HttpRequest http, CancellationToken ct) => Probe.EchoAsync(http, ct);
}

[Api(Family.Inference)]
public sealed class InferenceProbes
{
    [Function("Probe_Inference")]
    [Operation(Permissions.InferenceRead, Rate.Default, Body = typeof(ProbeBody))]
    public Task<Result<ProbeAnswer>> PostAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "models/probe")] HttpRequest http, CancellationToken ct) => Probe.EchoAsync(http, ct);

    [Function("Probe_Gateway")]
    [Operation(Permissions.InferenceInvoke, Rate.Gateway, Body = typeof(ProbeBody))]
    public Task<Result<ProbeAnswer>> GatewayAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/probe")] HttpRequest http, CancellationToken ct) => Probe.EchoAsync(http, ct);
}

internal static class Probe
{
    public static readonly Type[] Types =
        [typeof(ExecutionsProbes), typeof(DeliveryProbes), typeof(ChecksProbes), typeof(AgentsProbes), typeof(InferenceProbes)];

    public static async Task<Result<ProbeAnswer>> EchoAsync(HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<ProbeBody>(ct);
        if (!body.IsOk)
            return body.Error;
        return body.Value.Word == "crash"
            ? throw new InvalidOperationException("secret text of the exception")
            : new ProbeAnswer(body.Value.Word, body.Value.Number, body.Value.Colour, body.Value.At);
    }
}
