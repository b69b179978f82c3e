using EmbeddedFunctions.Worker;
using Microsoft.AspNetCore.Http;

namespace EmbeddedFunctions.Invocation;

/// <summary>One invocation. Everything that a plain HTTP call does not ask for is made on first use.</summary>
internal sealed class InvocationContext : FunctionContext
{
    private readonly CancellationToken _cancellation;
    private IServiceProvider? _services;
    private IDictionary<object, object>? _items;
    private InvocationFeatures? _features;
    private FunctionResult? _result;
    private string? _id;
    private BindingContext? _binding;
    private TraceContext? _trace;

    public InvocationContext(FunctionDefinition function, HttpContext http)
    {
        FunctionDefinition = function;
        Http = http;
    }

    public InvocationContext(FunctionDefinition function, IServiceProvider services, object? trigger, CancellationToken cancellation)
    {
        FunctionDefinition = function;
        Trigger = trigger;
        _services = services;
        _cancellation = cancellation;
    }

    public HttpContext? Http { get; }

    /// <summary>What started the function when it was not HTTP: timer status, message, activity input, orchestration context.</summary>
    public object? Trigger { get; }

    public override FunctionDefinition FunctionDefinition { get; }

    public override string FunctionId => FunctionDefinition.Id;

    public override string InvocationId => _id ??= Guid.CreateVersion7().ToString();

    public override TraceContext TraceContext => _trace ??= new InvocationTrace(Http);

    public override BindingContext BindingContext => _binding ??= new TriggerBindingContext(this);

    public override RetryContext RetryContext => Retry;

    public RetryContext Retry { get; init; } = InvocationRetry.None;

    public override IServiceProvider InstanceServices
    {
        get => _services ?? Http!.RequestServices;
        set => _services = value;
    }

    // For HTTP the request's own items: middleware of both kinds then sees the same values, and one dictionary suffices.
    public override IDictionary<object, object> Items
    {
        get => _items ??= NewItems();
        set => _items = value;
    }

    public override IInvocationFeatures Features => _features ??= new InvocationFeatures();

    public override CancellationToken CancellationToken => Http is null ? _cancellation : Http.RequestAborted;

    public FunctionResult Result => _result ??= new FunctionResult();

    public object? ResultValue => _result?.Value;

    private IDictionary<object, object> NewItems()
    {
        if (Http is null)
            return new Dictionary<object, object>();

        return Http.Items!;
    }

    public static InvocationContext Of(FunctionContext context) =>
        context as InvocationContext ?? throw new InvalidOperationException("The context was not made by this host.");
}
