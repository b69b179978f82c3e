using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

using Platform.Functions.Http;

namespace Platform.Tests.Contract;

/// <summary>The least input that an operation's record takes, from its members and their rules.</summary>
internal static class SampleBody
{
    /// <summary>Bodies of records whose rules between members the generator cannot meet.</summary>
    private static readonly Dictionary<string, string> Given = new(StringComparer.Ordinal)
    {
        ["DomainBody"] = """{"name":"shop.example.com"}""",
        ["DomainChangeBody"] = """{"isPrimary":false}""",
        ["EnvVarsBody"] = """{"key":"A_KEY","value":"a value"}""",
        ["NewBuild"] = """{"executor":"external"}""",
        ["NewHookRun"] = """{"phase":"on_success"}""",
        ["BuildStepReport"] = """{"name":"sample"}""",
        ["NewLogLines"] = """{"message":"sample"}""",
        ["BuildSettingsChange"] = """{"rootDirectory":"."}""",
        ["BackupScheduleChange"] = """{"enabled":true}""",
        ["DatabaseChange"] = """{"description":"sample"}""",
        ["SqlRequest"] = """{"sql":"SELECT 1"}""",
        ["NewFunction"] = """{"name":"sample","runtime":"node","code":"exports.handler = () => 1","deploy":false}""",
        ["FunctionChange"] = """{"description":"sample"}""",
        ["NewCode"] = """{"code":"exports.handler = () => 2"}""",
        ["InferenceRoleBody"] = """{"role":"viewer"}""",
        ["AlertRequest"] = """{"name":"sample","expression":"avg(sample[5m]) > 1"}""",
        ["AlertChangeRequest"] = """{"description":"sample"}""",
        ["MuteRequest"] = """{"durationMinutes":5}""",
        ["MetricBatch"] = """{"metrics":[{"name":"sample","value":1}]}""",
        ["NewWebhook"] = """{"url":"https://93.184.216.34/hook","events":["build.*"]}""",
        ["RetryPolicyChange"] = """{"maxAttempts":3}""",
        ["WebhookChange"] = """{"description":"changed"}""",
        ["ScriptScheduleRequest"] = """{"cron":"0 3 * * *"}""",
    };

    private static readonly string[] Texts =
        ["sample", "sample-1", "Passw0rd-1", "a@example.com", "https://example.com/x", "1.0", "en", "abcd", "A_KEY", "2026-01-01", "00000000-0000-7000-8000-000000000000"];

    public static HttpContent? Of(Operation operation, HttpMethod method)
    {
        if (method == HttpMethod.Get)
            return null;
        if (operation.Body == typeof(byte[]))
            return new ByteArrayContent("x"u8.ToArray());
        if (operation.Form is { } form)
            return new FormUrlEncodedContent(Json(form, operation.Family).AsObject().Select(member => KeyValuePair.Create(member.Key, member.Value?.ToString())));
        return operation.Body is { } body ? new StringContent(Json(body, operation.Family).ToJsonString(), Encoding.UTF8, "application/json") : null;
    }

    /// <summary>The parameters without which the operation refuses its query; with the question mark, or empty.</summary>
    public static string QueryOf(Operation operation) => operation.Query is { } query && Json(query, operation.Family).AsObject() is { Count: > 0 } required
        ? "?" + string.Join('&', required.Select(member => $"{member.Key}={Uri.EscapeDataString($"{member.Value}")}"))
        : "";

    public static JsonNode Json(Type type, Family family)
    {
        if (Given.TryGetValue(type.Name, out var given))
            return JsonNode.Parse(given)!;
        var body = new JsonObject();
        foreach (var property in WireJson.For(family).Reading.GetTypeInfo(type).Properties.Where(IsRequired))
            body[property.Name] = Value(property.PropertyType, Rules(property), family);
        return body;
    }

    public static List<ValidationAttribute> Rules(JsonPropertyInfo property) => [.. new[] { property.AttributeProvider, property.AssociatedParameter?.AttributeProvider }
        .SelectMany(provider => provider?.GetCustomAttributes(typeof(ValidationAttribute), inherit: true) ?? []).Cast<ValidationAttribute>()];

    private static bool IsRequired(JsonPropertyInfo property)
    {
        var parameter = property.AssociatedParameter;
        if (property.Set is null && parameter is null)
            return false;
        var nullable = Nullable.GetUnderlyingType(property.PropertyType) is not null || (!property.PropertyType.IsValueType && (parameter?.IsNullable ?? property.IsSetNullable));
        return property.IsRequired || Rules(property).Exists(rule => rule is RequiredAttribute) || (parameter is { HasDefaultValue: false } && !nullable);
    }

    private static JsonNode? Value(Type declared, List<ValidationAttribute> rules, Family family)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (type == typeof(string))
            return Text(rules);
        if (type == typeof(bool))
            return true;
        if (type == typeof(Guid))
            return Guid.CreateVersion7().ToString();
        if (type == typeof(DateTimeOffset))
            return DateTimeOffset.UtcNow.AddDays(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        if (type.IsEnum)
            return JsonNamingPolicy.SnakeCaseLower.ConvertName(Enum.GetNames(type)[0]);
        if (type.IsPrimitive || type == typeof(decimal))
            return Math.Max(1, Convert.ToInt64(rules.OfType<RangeAttribute>().FirstOrDefault()?.Minimum ?? 1));
        var info = WireJson.For(family).Reading.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Enumerable => new JsonArray(Value(info.ElementType!, [], family)),
            JsonTypeInfoKind.Dictionary => new JsonObject(),
            JsonTypeInfoKind.Object => Json(type, family),
            _ => "sample",
        };
    }

    private static string Text(List<ValidationAttribute> rules)
    {
        var shortest = rules.OfType<StringLengthAttribute>().Select(rule => rule.MinimumLength).Concat(rules.OfType<MinLengthAttribute>().Select(rule => rule.Length)).DefaultIfEmpty(0).Max();
        var words = rules.OfType<AllowedValuesAttribute>().SelectMany(rule => rule.Values).OfType<string>();
        var candidates = words.Concat(Texts).Append(new string('a', Math.Max(1, shortest)));
        return candidates.FirstOrDefault(text => rules.TrueForAll(rule => rule.IsValid(text)))
            ?? throw new InvalidOperationException($"No sample text obeys {string.Join(", ", rules.Select(rule => rule.GetType().Name))}: add one to {nameof(SampleBody)}");
    }
}
