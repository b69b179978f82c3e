using System.Reflection;
using Microsoft.AspNetCore.Http;
using Platform.Functions.Http;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Rules;

/// <summary>What an operation reads is what it declares, and so what the document shows.</summary>
public sealed class InputRulesTests
{
    private static readonly string[] RawReads = ["get_Query", "get_QueryString", "get_Form", "ReadFormAsync", "get_Body", "get_BodyReader"];

    private static readonly Assembly Functions = typeof(OperationAttribute).Assembly;

    [Fact]
    public void Operations_ReadExactlyWhatTheyDeclare() => Violations.None(Operations(Functions.GetTypes()).SelectMany(Drift));

    [Fact]
    public void Operations_ThatReadUndeclared_AreFound() =>
        Assert.Equal("Undeclared: Query is null, reads ProbeQuery", Assert.Single(Operations([typeof(ExecutionsProbes)]).SelectMany(Drift)));

    [Fact]
    public void QueryAndBody_AreReadInOnePlaceOnly() => Violations.None(Functions.GetTypes()
        .Where(type => !type.IsNested && type.Namespace != typeof(OperationAttribute).Namespace)
        .SelectMany(type => CodeCalls.Of(type)
            .Where(called => (called.DeclaringType == typeof(HttpRequest) || called.DeclaringType == typeof(HttpRequestExtensions)) && RawReads.Contains(called.Name))
            .Select(called => $"{type.Name}: {called.Name}")));

    [Fact]
    public void OnlyOperations_ReadInput() => Violations.None(Functions.GetTypes()
        .Where(type => !type.IsNested && type != typeof(HttpRequestExtensions))
        .Where(type => CodeCalls.Of(type).Count(IsReading) != Operations([type]).Sum(method => CodeCalls.Of(method).Count(IsReading)))
        .Select(type => type.Name));

    private static IEnumerable<MethodInfo> Operations(IEnumerable<Type> types) => types
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(method => method.IsDefined(typeof(OperationAttribute)));

    private static IEnumerable<string> Drift(MethodInfo method)
    {
        var declared = method.GetCustomAttribute<OperationAttribute>()!;
        var reads = CodeCalls.Of(method).Where(IsReading).ToList();
        (string Place, Type? Declared, Type? Read)[] places =
        [
            (nameof(declared.Query), declared.Query, Read(reads, nameof(HttpRequestExtensions.ReadQuery))),
            (nameof(declared.Form), declared.Form, Read(reads, nameof(HttpRequestExtensions.ReadFormBodyAsync))),
            (nameof(declared.Upload), declared.Upload, Read(reads, nameof(HttpRequestExtensions.ReadUploadAsync))),
            (nameof(declared.Raw), declared.Raw ? typeof(RawRequest) : null, reads.Exists(called => called.Name == nameof(HttpRequestExtensions.ReadRaw)) ? typeof(RawRequest) : null),
            (nameof(declared.Body), declared.Body, Read(reads, nameof(HttpRequestExtensions.ReadBodyAsync)) ?? Read(reads, nameof(HttpRequestExtensions.ReadBytesAsync))),
        ];
        return places.Where(place => place.Declared != place.Read)
            .Select(place => $"{method.Name}: {place.Place} is {place.Declared?.Name ?? "null"}, reads {place.Read?.Name ?? "nothing"}");
    }

    private static bool IsReading(MethodBase called) =>
        called.DeclaringType == typeof(HttpRequestExtensions) && called.Name.StartsWith("Read", StringComparison.Ordinal);

    private static Type? Read(List<MethodBase> reads, string name) =>
        reads.Find(called => called.Name == name) is { } read ? (read.IsGenericMethod ? read.GetGenericArguments()[0] : typeof(byte[])) : null;
}
