using System.Reflection;
using Microsoft.Extensions.DependencyModel;

namespace EmbeddedFunctions.Discovery;

/// <summary>
/// Finds the assemblies that may hold functions: the project libraries of the app's *.deps.json that depend on the host. Referenced or loaded assemblies would not do: the compiler
/// drops a reference whose types nobody names.
/// </summary>
internal static class FunctionAssemblies
{
    private static readonly string Host = typeof(FunctionAssemblies).Assembly.GetName().Name!;

    /// <param name="application">The app's assembly name; the process's entry assembly when null.</param>
    public static IReadOnlyList<Assembly> Find(string? application)
    {
        var root = application ?? Assembly.GetEntryAssembly()?.GetName().Name ?? throw new InvalidOperationException("The process has no entry assembly; set Host:Application.");
        var context = DependencyContext.Default ?? throw new InvalidOperationException("The app has no *.deps.json; functions are found through it.");
        var libraries = context.RuntimeLibraries.ToDictionary(l => l.Name, StringComparer.OrdinalIgnoreCase);
        if (!libraries.ContainsKey(root))
            throw new InvalidOperationException($"The app '{root}' is not in the process's *.deps.json.");

        var names = new List<string>();
        Visit(root, libraries, [], names);
        return names.ConvertAll(n => Assembly.Load(new AssemblyName(n)));
    }

    // Depth first; true when the library is the host or leads to it.
    private static bool Visit(string name, Dictionary<string, RuntimeLibrary> libraries, Dictionary<string, bool> seen, List<string> found)
    {
        if (seen.TryGetValue(name, out var known))
            return known;
        if (name.Equals(Host, StringComparison.OrdinalIgnoreCase))
            return seen[name] = true;
        seen[name] = false;
        if (!libraries.TryGetValue(name, out var library) || library.Type != "project")
            return false;

        var leads = false;
        foreach (var dependency in library.Dependencies)
            leads |= Visit(dependency.Name, libraries, seen, found);
        if (leads)
            found.Add(library.Name);
        return seen[name] = leads;
    }
}
