using System.Reflection;
using System.Runtime.CompilerServices;
using EmbeddedFunctions.Worker;
using EmbeddedFunctions.Worker.Extensions.Abstractions;

namespace EmbeddedFunctions.Discovery;

/// <summary>Turns the public methods with [Function] into functions, or reports everything that keeps them from running, all at once.</summary>
internal sealed class FunctionDiscovery
{
    private const BindingFlags Methods = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private readonly List<DiscoveredFunction> _functions = [];
    private readonly List<string> _problems = [];

    public static IReadOnlyList<DiscoveredFunction> Discover(IEnumerable<Type> types)
    {
        var discovery = new FunctionDiscovery();
        foreach (var type in types)
            discovery.Scan(type);
        discovery.CheckNames();
        if (discovery._problems.Count > 0)
            throw new InvalidOperationException($"The functions cannot be hosted:{Environment.NewLine}  {string.Join($"{Environment.NewLine}  ", discovery._problems)}");
        return discovery._functions;
    }

    private void Scan(Type type)
    {
        if (!type.IsClass || type.IsSubclassOf(typeof(Delegate)))
            return;

        foreach (var method in type.GetMethods(Methods))
        {
            if (!method.IsSpecialName && method.GetCustomAttribute<FunctionAttribute>(inherit: false) is { } function)
                Add(function.Name, type, method);
        }
    }

    private void Add(string name, Type type, MethodInfo method)
    {
        var before = _problems.Count;
        foreach (var problem in MethodProblems(type, method))
            Report(name, method, problem);

        var triggers = method.GetParameters().Select(p => p.GetCustomAttribute<TriggerBindingAttribute>()).OfType<TriggerBindingAttribute>().ToList();
        if (triggers.Count != 1)
            Report(name, method, triggers.Count == 0 ? "no parameter has a trigger attribute" : "more than one parameter has a trigger attribute");
        if (_problems.Count > before)
            return;

        var trigger = triggers[0];
        if (TriggerRules.Kind(trigger, out var problemOfTrigger) is not { } kind)
        {
            Report(name, method, problemOfTrigger!);
            return;
        }

        var bindings = Bind(name, method, kind, trigger);
        foreach (var problem in TriggerRules.Problems(name, method, kind))
            Report(name, method, problem);
        if (_problems.Count == before)
            _functions.Add(new DiscoveredFunction(name, method, kind, trigger, bindings));
    }

    private List<ParameterBinding> Bind(string name, MethodInfo method, TriggerKind kind, TriggerBindingAttribute trigger)
    {
        var route = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (trigger is HttpTriggerAttribute http)
        {
            var pattern = RouteRules.Parse(http.Route ?? name, out var problem);
            if (problem is not null)
                Report(name, method, problem);
            else
                route.UnionWith(pattern!.Parameters.Select(p => p.Name));
        }

        var bindings = new List<ParameterBinding>();
        var rules = new ParameterRules(kind, route, trigger);
        foreach (var parameter in method.GetParameters())
        {
            if (rules.Bind(parameter, out var problem) is { } binding)
                bindings.Add(binding);
            else
                Report(name, method, problem!);
        }

        return bindings;
    }

    private static IEnumerable<string> MethodProblems(Type type, MethodInfo method)
    {
        if (method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute), inherit: false))
            yield return "it is async void: nobody could wait for it or see it fail; return Task";
        if (type.IsNested && !method.IsStatic)
            yield return "an instance function cannot be in a nested class";
        if (!method.IsStatic && type.IsAbstract)
            yield return "an instance function cannot be in an abstract class";
        if (type.ContainsGenericParameters || method.IsGenericMethodDefinition)
            yield return "a function cannot be generic";
        if (type.GetMethods(Methods).Count(m => m.Name == method.Name) > 1)
            yield return "its method is overloaded; the official worker cannot tell overloads apart";
    }

    private void CheckNames()
    {
        foreach (var same in _functions.GroupBy(f => f.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
            _problems.Add($"{same.Key}: {same.Count()} functions have this name ({string.Join(", ", same.Select(f => f.EntryPoint))})");
    }

    private void Report(string name, MethodInfo method, string problem) => _problems.Add($"{name} ({method.DeclaringType!.FullName}.{method.Name}): {problem}");
}
