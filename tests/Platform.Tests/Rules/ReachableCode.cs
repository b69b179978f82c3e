using System.Reflection;
using System.Runtime.CompilerServices;

namespace Platform.Tests.Rules;

/// <summary>
/// Walks from a method through everything of the given assemblies that may run with it: calls, constructors, lambdas, state machines, static initialisers and the
/// implementations of what is called through an interface or a base class. Code of other assemblies is named but not entered.
/// </summary>
internal sealed class ReachableCode(params Assembly[] assemblies)
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private readonly Type[] _types = [.. assemblies.SelectMany(assembly => assembly.GetTypes())];

    /// <summary>Every use of a method that can be reached, once for each method that uses it.</summary>
    public IEnumerable<(MethodBase By, MethodBase Used)> From(MethodBase root)
    {
        var seen = new HashSet<MethodBase>();
        var open = new Stack<MethodBase>([root]);
        while (open.TryPop(out var method))
        {
            if (!seen.Add(method))
                continue;
            foreach (var used in UsedBy(method).Distinct())
            {
                yield return (method, used);
                foreach (var next in Entered(used))
                    open.Push(next);
            }
        }
    }

    private IEnumerable<MethodBase> UsedBy(MethodBase method)
    {
        if (method.GetCustomAttribute<StateMachineAttribute>() is { } machine)
        {
            foreach (var step in machine.StateMachineType.GetMethods(All))
                yield return step;
        }

        foreach (var member in MethodCode.MembersOf(method))
        {
            if (member is MethodBase used)
                yield return used;
            if ((member as Type ?? member.DeclaringType) is { } type && assemblies.Contains(type.Assembly) && type.TypeInitializer is { } initializer)
                yield return initializer;
        }
    }

    private IEnumerable<MethodBase> Entered(MethodBase used)
    {
        if (!assemblies.Contains(used.Module.Assembly))
            return [];
        return used is MethodInfo { IsVirtual: true } method ? [used, .. _types.SelectMany(type => ImplementationsIn(type, method))] : [used];
    }

    private static IEnumerable<MethodInfo> ImplementationsIn(Type type, MethodInfo method)
    {
        var declaring = method.DeclaringType!;
        if (type.IsInterface || type.IsGenericTypeDefinition || type == declaring || !declaring.IsAssignableFrom(type))
            return [];
        if (!declaring.IsInterface)
            return type.GetMethods(All).Where(candidate => candidate.IsVirtual && candidate.GetBaseDefinition() == method.GetBaseDefinition());
        var map = type.GetInterfaceMap(declaring);
        return map.TargetMethods.Where((_, index) => map.InterfaceMethods[index] == method);
    }
}
