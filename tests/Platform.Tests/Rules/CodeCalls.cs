using System.Reflection;
using System.Runtime.CompilerServices;

namespace Platform.Tests.Rules;

/// <summary>The methods that compiled code names, without following them.</summary>
internal static class CodeCalls
{
    /// <summary>Those of a method, or of the state machine that an asynchronous one became.</summary>
    public static IEnumerable<MethodBase> Of(MethodBase method) => method.GetCustomAttribute<StateMachineAttribute>() is { } machine
        ? In(machine.StateMachineType.GetMethod("MoveNext", BindingFlags.Instance | BindingFlags.NonPublic)!)
        : In(method);

    /// <summary>Those of a type, nested types included.</summary>
    public static IEnumerable<MethodBase> Of(Type type) => type
        .GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        .SelectMany(member => member switch
        {
            MethodBase method => In(method),
            Type nested => Of(nested),
            _ => [],
        });

    private static IEnumerable<MethodBase> In(MethodBase method) => MethodCode.MembersOf(method).OfType<MethodBase>();
}
