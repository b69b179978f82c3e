using System.Collections.Frozen;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Platform.Identity;

namespace Platform.Functions.Http;

/// <summary>
/// Every HTTP operation of the app by its function name, without regard to case. Built once at start; refuses to build when an HTTP function lacks
/// <c>[Operation]</c> or <c>[Api]</c>, or names an unknown permission, so that no operation is served without its checks.
/// </summary>
public sealed class OperationCatalog
{
    private const long Mebibyte = 1024 * 1024;

    private readonly FrozenDictionary<string, Operation> _byName;

    public OperationCatalog(IEnumerable<Operation> operations)
    {
        _byName = operations.ToFrozenDictionary(operation => operation.Name, StringComparer.OrdinalIgnoreCase);
        All = [.. _byName.Values.OrderBy(operation => operation.Route, StringComparer.Ordinal).ThenBy(operation => operation.Name, StringComparer.Ordinal)];
    }

    public IReadOnlyList<Operation> All { get; }

    public Operation? Find(string functionName) => _byName.GetValueOrDefault(functionName);

    /// <summary>Reads the HTTP functions of the given assemblies.</summary>
    public static OperationCatalog FromAssemblies(params IEnumerable<Assembly> assemblies) =>
        FromTypes(assemblies.SelectMany(assembly => assembly.GetExportedTypes()));

    internal static OperationCatalog FromTypes(IEnumerable<Type> types) => new(types.SelectMany(Operations));

    private static IEnumerable<Operation> Operations(Type type)
    {
        foreach (var method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        {
            var trigger = method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(found => found is not null);
            if (trigger is not null && method.GetCustomAttribute<FunctionAttribute>() is { } function)
                yield return Create(function.Name, method, trigger);
        }
    }

    private static Operation Create(string name, MethodInfo method, HttpTriggerAttribute trigger)
    {
        var (operation, api) = AttributesOf(name, method, trigger);
        return new Operation
        {
            Name = name,
            Methods = [.. (trigger.Methods ?? AllMethods).Select(word => word.ToUpperInvariant())],
            Route = trigger.Route ?? throw Refused(name, "has no route"),
            Family = api.Family,
            Permission = operation.Permission,
            Rate = operation.Rate,
            Auth = operation.Auth,
            Impersonating = RuleOf(operation),
            Audit = operation.Audit,
            Success = operation.Success,
            Csrf = operation.Csrf,
            CsrfWithSession = operation.CsrfWithSession,
            TellsSuccess = operation.TellsSuccess,
            Idempotent = operation.Idempotent,
            SealedAnswerLimit = operation.SealedAnswerLimit,
            ObjectFirst = operation.ObjectFirst,
            TakesArchived = operation.TakesArchived,
            Stream = operation.Stream,
            BodyLimit = operation.BodyLimit > 0 ? operation.BodyLimit : DefaultBodyLimit(api.Family),
            Cache = operation.Cache,
            Query = operation.Query,
            Body = operation.Body,
            Form = operation.Form,
            Upload = operation.Upload,
            UploadPart = operation.UploadPart,
            UploadLimit = operation.UploadLimit,
            AlternativeResponse = operation.AlternativeResponse,
            Produces = operation.Produces,
            Response = operation.Response ?? ResponseType(method.ReturnType),
            DocumentationId = DocumentationIdOf(method),
            IsPublic = operation.Permission == Permissions.Public,
            NeedsOperator = NeedsOperator(operation),
            IsGateway = api.Family == Family.Inference && trigger.Route.StartsWith("v1/", StringComparison.Ordinal),
        };
    }

    private static (OperationAttribute Operation, ApiAttribute Api) AttributesOf(string name, MethodInfo method, HttpTriggerAttribute trigger)
    {
        var operation = method.GetCustomAttribute<OperationAttribute>() ?? throw Refused(name, "lacks [Operation]");
        var api = method.GetCustomAttribute<ApiAttribute>() ?? method.DeclaringType!.GetCustomAttribute<ApiAttribute>() ?? throw Refused(name, "lacks [Api]");
        Check(name, operation, trigger);
        return (operation, api);
    }

    private static void Check(string name, OperationAttribute operation, HttpTriggerAttribute trigger)
    {
        if (operation.Permission != Permissions.Public && !PermissionRegistry.Contains(operation.Permission))
            throw Refused(name, $"names the unknown permission '{operation.Permission}'");
        if (trigger.AuthLevel != AuthorizationLevel.Anonymous)
            throw Refused(name, "asks for a function key; the platform has its own credentials");
        if (operation.Upload is not null && operation.UploadLimit <= 0)
            throw Refused(name, "takes uploads without a limit");
    }

    private static bool NeedsOperator(OperationAttribute operation) =>
        operation.Auth == Auth.Admin || operation.Permission.StartsWith("platform:", StringComparison.Ordinal);

    private static Impersonating RuleOf(OperationAttribute operation) => operation.Impersonating switch
    {
        Impersonating.ByPermission when NeedsOperator(operation) => Impersonating.Refused,
        Impersonating.ByPermission when operation.Permission != Permissions.Public && !Impersonation.Permissions.Contains(operation.Permission) => Impersonating.Refused,
        var stated => stated,
    };

    private static readonly string[] AllMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];

    private static long DefaultBodyLimit(Family family) => family switch
    {
        Family.Executions => 10 * Mebibyte,
        Family.Inference => Mebibyte / 4,
        _ => Mebibyte,
    };

    private static Type? ResponseType(Type returned)
    {
        if (returned.IsGenericType && (returned.GetGenericTypeDefinition() == typeof(Task<>) || returned.GetGenericTypeDefinition() == typeof(ValueTask<>)))
            returned = returned.GetGenericArguments()[0];
        if (returned.IsGenericType && returned.GetGenericTypeDefinition() == typeof(Result<>))
            returned = returned.GetGenericArguments()[0];
        return returned == typeof(void) || returned == typeof(Task) || returned == typeof(Nothing) || typeof(IResult).IsAssignableFrom(returned) ? null : returned;
    }

    private static string DocumentationIdOf(MethodInfo method)
    {
        var owner = $"{method.DeclaringType!.FullName}.{method.Name}".Replace('+', '.');
        var parameters = method.GetParameters();
        return parameters.Length == 0 ? $"M:{owner}" : $"M:{owner}({string.Join(',', parameters.Select(parameter => TypeId(parameter.ParameterType)))})";
    }

    private static string TypeId(Type type)
    {
        if (!type.IsGenericType)
            return (type.FullName ?? type.Name).Replace('+', '.');
        var name = type.GetGenericTypeDefinition().FullName!;
        return $"{name[..name.IndexOf('`', StringComparison.Ordinal)].Replace('+', '.')}{{{string.Join(',', type.GetGenericArguments().Select(TypeId))}}}";
    }

    private static InvalidOperationException Refused(string function, string why) => new($"HTTP function '{function}' {why}");
}
