using EmbeddedFunctions.Discovery;
using EmbeddedFunctions.Durable;
using EmbeddedFunctions.Worker;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace EmbeddedFunctions.Invocation;

/// <summary>One invocation. Everything that a plain call does not ask for is made on first use, the service scope included.</summary>
internal sealed class InvocationContext : FunctionContext
{
    private readonly CancellationToken _cancellation;
    private readonly IServiceScopeFactory? _scopes;
    private AsyncServiceScope? _scope;
    private IServiceProvider? _services;
    private IDictionary<object, object>? _items;
    private InvocationFeatures? _features;
    private FunctionResult? _result;
    private string? _id;
    private TriggerBindingContext? _binding;
    private InvocationTrace? _trace;
    private List<object>? _owned;

    public InvocationContext(DiscoveredFunction function, HttpContext http)
    {
        Function = function;
        Http = http;
    }

    public InvocationContext(DiscoveredFunction function, IServiceScopeFactory scopes, object? trigger, CancellationToken cancellation)
    {
        Function = function;
        Trigger = trigger;
        _scopes = scopes;
        _cancellation = cancellation;
    }

    public DiscoveredFunction Function { get; }

    public HttpContext? Http { get; }

    /// <summary>What started the function when it was not HTTP: timer status, message, activity input, orchestration context.</summary>
    public object? Trigger { get; }

    public RetryContext Retry { get; init; } = InvocationRetry.None;

    public override FunctionDefinition FunctionDefinition => Function;

    public override string FunctionId => Function.Id;

    public override string InvocationId => _id ??= Guid.CreateVersion7().ToString();

    public override TraceContext TraceContext => _trace ??= new InvocationTrace(Http);

    public override BindingContext BindingContext => _binding ??= new TriggerBindingContext(this);

    public override RetryContext RetryContext => Retry;

    public override IServiceProvider InstanceServices
    {
        get => _services ?? Http?.RequestServices ?? OpenScope();
        set => _services = value;
    }

    public override IDictionary<object, object> Items
    {
        get => _items ??= NewItems();
        set => _items = value;
    }

    public override IInvocationFeatures Features => _features ??= new InvocationFeatures();

    public override CancellationToken CancellationToken => Http is null ? _cancellation : Http.RequestAborted;

    public FunctionResult Result => _result ??= new FunctionResult();

    public object? ResultValue => _result?.Value;

    /// <summary>Whether <see cref="ReleaseAsync"/> has anything to do.</summary>
    public bool HasResources => _owned is not null || _scope is not null;

    public static InvocationContext Of(FunctionContext context) =>
        context as InvocationContext ?? throw new InvalidOperationException("The context was not made by this host.");

    /// <summary>Disposes the instance with the invocation; the container does not know it.</summary>
    public object Own(object instance)
    {
        (_owned ??= []).Add(instance);
        return instance;
    }

    public object DurableClient() => InstanceServices.GetRequiredService<DurableClientProvider>().Client;

    public async ValueTask ReleaseAsync()
    {
        foreach (var instance in _owned ?? [])
        {
            if (instance is IAsyncDisposable disposable)
                await disposable.DisposeAsync();
            else
                ((IDisposable)instance).Dispose();
        }

        if (_scope is { } scope)
            await scope.DisposeAsync();
    }

    private IServiceProvider OpenScope()
    {
        _scope = _scopes!.CreateAsyncScope();
        return _services = _scope.Value.ServiceProvider;
    }

    // For HTTP the request's own items: middleware of both kinds then sees the same values, and one dictionary suffices.
    private IDictionary<object, object> NewItems()
    {
        if (Http is null)
            return new Dictionary<object, object>();

        return Http.Items!;
    }
}
