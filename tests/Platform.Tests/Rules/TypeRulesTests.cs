using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Functions.Http;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Rules;

/// <summary>House rules that are seen in the compiled app.</summary>
public sealed class TypeRulesTests
{
    private const int MaxParameters = 7;

    private static readonly string[] BannedEndings = ["Manager", "Helper", "Util", "Common", "Impl", "Processor", "Info"];

    private static readonly Type[] Types = ProductTypes.All;

    [Fact]
    public void Types_HaveNoBannedEnding() => Violations.None(
        Types.Where(type => !MirrorsAnOfficialType(type) && BannedEndings.Any(ending => type.Name.Split('`')[0].EndsWith(ending, StringComparison.Ordinal))).Select(type => type.FullName!));

    [Fact]
    public void Constructors_OfServices_HaveAtMostSevenParameters() => Violations.None(Types
        .Where(type => type is { IsClass: true, IsAbstract: false } && type.GetMethod("<Clone>$") is null) // a record's members are data
        .SelectMany(type => type.GetConstructors())
        .Where(constructor => constructor.GetParameters().Length > MaxParameters)
        .Select(constructor => $"{constructor.DeclaringType!.FullName}: {constructor.GetParameters().Length}"));

    [Fact]
    public void StaticFields_NeverChange() => Violations.None(Types.SelectMany(ChangingFields));

    [Fact]
    public void ChangingFields_OfEveryKind_AreFound() => Assert.Equal(
        [$"{typeof(Changing)}.<Name>k__BackingField", $"{typeof(Changing)}._count", $"{typeof(Changing)}._perThread"], ChangingFields(typeof(Changing)).Order(StringComparer.Ordinal));

    [Fact]
    public void Operations_HaveASummary()
    {
        var summaries = new Summaries();
        Violations.None(OperationCatalog.FromAssemblies(typeof(OperationCatalog).Assembly).All.Where(operation => summaries.Of(operation).Length == 0).Select(operation => operation.Name));
    }

    [Fact]
    public void Routes_AreOnesThatTheOfficialHostTakes() => Violations.None(OperationCatalog.FromAssemblies(typeof(OperationCatalog).Assembly).All
        .Where(operation => operation.Route.Trim('/').Length == 0
            || operation.Route.StartsWith("admin", StringComparison.OrdinalIgnoreCase)
            || (operation.Route.StartsWith("runtime", StringComparison.OrdinalIgnoreCase) && operation.Route != "runtime/models"))
        .Select(operation => $"{operation.Name}: {operation.Route}"));

    [Fact]
    public async Task FunctionClasses_ResolveFromTheAppsContainer()
    {
        await using var app = await PlatformApp.StartAsync();
        await using var scope = app.Services.CreateAsyncScope();
        var failures = new List<string>();
        foreach (var type in ProductTypes.App.SelectMany(assembly => assembly.GetExportedTypes()).Where(HasFunctions))
        {
            try
            {
                ActivatorUtilities.CreateInstance(scope.ServiceProvider, type);
            }
            catch (InvalidOperationException e)
            {
                failures.Add($"{type.Name}: {e.Message}");
            }
        }

        Violations.None(failures);
    }

    [Fact]
    public async Task Entities_EachHaveATenantFilterOrSayThatTheyNeedNone()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var scope = database.As(Caller.Platform);

        Violations.None(scope.Db.Model.GetEntityTypes()
            .Where(entity => entity.BaseType is null && !entity.IsOwned())
            .Where(entity => entity.GetDeclaredQueryFilters().Count == 0 && !entity.ClrType.IsDefined(typeof(PlatformScopedAttribute), inherit: false))
            .Select(entity => entity.ClrType.Name));
    }

    // What the compiler itself keeps (a lambda that captures nothing) has a name without a word in it.
    private static IEnumerable<string> ChangingFields(Type type) => type
        .GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        .Where(field => field is { IsInitOnly: false, IsLiteral: false } && !field.Name.StartsWith("<>", StringComparison.Ordinal))
        .Select(field => $"{type}.{field.Name}");

    private static bool MirrorsAnOfficialType(Type type) =>
        type.Namespace is { } space && (space.StartsWith("EmbeddedFunctions.Worker", StringComparison.Ordinal) || space.StartsWith("EmbeddedFunctions.DurableTask", StringComparison.Ordinal));

    private static bool HasFunctions(Type type) => type is { IsClass: true, IsAbstract: false }
        && type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Any(method => method.IsDefined(typeof(FunctionAttribute)));

    private static class Changing
    {
        public const string Fixed = "fixed";
        public static readonly Func<int> Unchanged = () => Interlocked.Increment(ref _count) + Interlocked.Increment(ref _perThread);
        private static int _count;

        [ThreadStatic]
        private static int _perThread;

        public static string? Name { get; set; }
    }
}
