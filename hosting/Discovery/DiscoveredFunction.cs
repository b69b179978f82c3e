using System.Collections.Immutable;
using System.Reflection;
using EmbeddedFunctions.Invocation;
using EmbeddedFunctions.Worker;
using EmbeddedFunctions.Worker.Extensions.Abstractions;

namespace EmbeddedFunctions.Discovery;

/// <summary>A function of the app. Its code is compiled at the first call, so that the start does not pay for functions that nobody calls.</summary>
internal sealed class DiscoveredFunction : FunctionDefinition
{
    private readonly Lazy<FunctionInvoker> _invoker;
    private ImmutableArray<FunctionParameter> _parameters;
    private IImmutableDictionary<string, BindingMetadata>? _inputs;
    private IImmutableDictionary<string, BindingMetadata>? _outputs;

    public DiscoveredFunction(string name, MethodInfo method, TriggerKind kind, TriggerBindingAttribute trigger, IReadOnlyList<ParameterBinding> bindings)
    {
        Name = name;
        Method = method;
        Kind = kind;
        Trigger = trigger;
        Bindings = bindings;
        Outputs = OutputBinding.Of(method);
        Retry = method.GetCustomAttribute<RetryAttribute>();
        EntryPoint = $"{method.DeclaringType!.FullName}.{method.Name}";
        _invoker = new Lazy<FunctionInvoker>(() => InvokerCompiler.Compile(this));
    }

    public MethodInfo Method { get; }

    public TriggerKind Kind { get; }

    public TriggerBindingAttribute Trigger { get; }

    public IReadOnlyList<ParameterBinding> Bindings { get; }

    public IReadOnlyList<OutputBinding> Outputs { get; }

    public RetryAttribute? Retry { get; }

    public FunctionInvoker Invoker => _invoker.Value;

    public override string Name { get; }

    public override string Id => Name.ToLowerInvariant();

    public override string EntryPoint { get; }

    public override string PathToAssembly => Method.Module.FullyQualifiedName;

    public override ImmutableArray<FunctionParameter> Parameters =>
        _parameters.IsDefault ? _parameters = [.. Bindings.Select(b => b.Describe())] : _parameters;

    public override IImmutableDictionary<string, BindingMetadata> InputBindings =>
        _inputs ??= Bindings.Where(b => b.Attribute is not null).ToImmutableDictionary(b => b.Parameter.Name!, b => (BindingMetadata)new DiscoveredBinding(b.Parameter.Name!, b.Attribute!, BindingDirection.In));

    public override IImmutableDictionary<string, BindingMetadata> OutputBindings =>
        _outputs ??= Outputs.ToImmutableDictionary(o => o.Name, o => (BindingMetadata)new DiscoveredBinding(o.Name, o.Attribute, BindingDirection.Out));
}
