using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Platform.Data;
using Platform.Functions.Http;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Rules;

/// <summary>The resource templates offer what the code asks for: topics, subscriptions, connections, functions and settings under the same names.</summary>
public sealed class AzureTemplatesTests
{
    private static readonly Assembly[] Product = [typeof(OperationCatalog).Assembly, typeof(PlatformDbContext).Assembly, Assembly.Load("Platform.Orchestrations")];

    private static readonly MethodInfo[] Functions = [.. Product.SelectMany(assembly => assembly.GetExportedTypes()).SelectMany(type => type.GetMethods()).Where(method => method.IsDefined(typeof(FunctionAttribute)))];

    private static readonly ServiceBusTriggerAttribute[] Triggers =
        [.. Functions.SelectMany(method => method.GetParameters()).Select(parameter => parameter.GetCustomAttribute<ServiceBusTriggerAttribute>()).OfType<ServiceBusTriggerAttribute>()];

    private static readonly ServiceBusOutputAttribute[] Outputs = [.. Functions.Cast<MemberInfo>()
        .Concat(Product.SelectMany(assembly => assembly.GetExportedTypes()).SelectMany(type => type.GetProperties()))
        .Select(member => member.GetCustomAttribute<ServiceBusOutputAttribute>()).OfType<ServiceBusOutputAttribute>()];

    [Fact]
    public void Subscriptions_AreThoseOfTheTriggers()
    {
        using var topics = JsonDocument.Parse(Template("topics.json"));
        var declared = topics.RootElement.GetProperty("topics").EnumerateArray().SelectMany(topic => topic.GetProperty("subscriptions").EnumerateArray()
            .Select(subscription => $"{topic.GetProperty("name").GetString()}/{subscription.GetString()}"));

        Assert.NotEmpty(Triggers);
        Assert.Equal(Triggers.Select(trigger => $"{trigger.TopicName}/{trigger.SubscriptionName}").Distinct().Order(StringComparer.Ordinal), declared.Order(StringComparer.Ordinal));
    }

    /// <summary>A topic is one that a trigger reads, an output writes, or a constant named <c>Topic</c> names for <c>ITopicSender</c>.</summary>
    [Fact]
    public void Topics_AreThoseOfTheCode()
    {
        using var topics = JsonDocument.Parse(Template("topics.json"));
        var declared = topics.RootElement.GetProperty("topics").EnumerateArray().Select(topic => topic.GetProperty("name").GetString());
        var constants = Product.SelectMany(assembly => assembly.GetTypes()).SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static))
            .Where(field => field.IsLiteral && field.Name == "Topic").Select(field => (string)field.GetRawConstantValue()!);

        Assert.Equal(
            Triggers.Select(trigger => trigger.TopicName).Concat(Outputs.Select(output => output.QueueOrTopicName)).Concat(constants).Distinct().Order(StringComparer.Ordinal),
            declared.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Queues_AreNotUsed() => // the templates make none; add them there with the first
        Violations.None(Triggers.Where(trigger => trigger.QueueName is not null).Select(trigger => trigger.QueueName!)
            .Concat(Outputs.Where(output => output.EntityType == ServiceBusEntityType.Queue).Select(output => output.QueueOrTopicName)));

    [Fact]
    public void Connections_HaveTheirSetting() => Violations.None(Triggers.Select(trigger => trigger.Connection).Concat(Outputs.Select(output => output.Connection)).Distinct()
        .Where(connection => connection is null || !Template("main.bicep").Contains($" {connection}__fullyQualifiedNamespace:", StringComparison.Ordinal)).Select(connection => $"{connection}"));

    [Fact]
    public void AlwaysReadyFunctions_Exist()
    {
        var functions = Functions.Select(method => method.GetCustomAttribute<FunctionAttribute>()!.Name).ToHashSet(StringComparer.Ordinal);
        var named = Templates().SelectMany(text => Regex.Matches(text, @"'function:(\w+)'")).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(named);
        Violations.None(named.Where(name => !functions.Contains(name)));
    }

    [Fact]
    public void Settings_AreOnesThatTheAppReads()
    {
        var known = KnownSettings.Read();
        var set = Templates().SelectMany(text => Regex.Matches(text, @"^\s*(?<name>[A-Za-z]+__\w+?)(__\d+)?:", RegexOptions.Multiline | RegexOptions.ExplicitCapture))
            .Select(match => match.Groups["name"].Value.Replace("__", ":", StringComparison.Ordinal))
            .Where(name => !Regex.IsMatch(name, "^(AzureWebJobsStorage|AzureFunctionsJobHost|ServiceBus):")).ToList();

        Assert.True(set.Count > 10);
        Violations.None(set.Where(name => !known.Contains(name)));
    }

    [Fact]
    public void Templates_HoldNoCredentialsAndAskForNone() => Violations.None(Templates()
        .SelectMany(text => Regex.Matches(text, @"AccountKey=|SharedAccessKey|Password=|\blist(Account)?(Keys|Sas|ConnectionStrings)\b|administratorLoginPassword|@secure\(\)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture))
        .Select(match => match.Value));

    private static string Template(string name) => File.ReadAllText(RepositoryFiles.PathOf("infra-bicep", name));

    private static IEnumerable<string> Templates() => Directory.EnumerateFiles(RepositoryFiles.PathOf("infra-bicep"), "*.bicep*", SearchOption.AllDirectories).Select(File.ReadAllText);
}
