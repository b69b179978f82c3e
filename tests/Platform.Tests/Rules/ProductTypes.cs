using System.Reflection;
using Platform.Data;
using Platform.Functions.Http;

namespace Platform.Tests.Rules;

/// <summary>The compiled product.</summary>
internal static class ProductTypes
{
    /// <summary>Functions, shared and orchestrations: the app without its host.</summary>
    public static Assembly[] App { get; } = [typeof(OperationCatalog).Assembly, typeof(PlatformDbContext).Assembly, Assembly.Load("Platform.Orchestrations")];

    public static Assembly Host { get; } = Assembly.Load("EmbeddedFunctions");

    /// <summary>Every type that somebody wrote.</summary>
    public static Type[] All { get; } = [.. App.Append(Host).SelectMany(assembly => assembly.GetTypes())
        .Where(type => !type.Name.Contains('<', StringComparison.Ordinal) && !type.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute)))];
}
