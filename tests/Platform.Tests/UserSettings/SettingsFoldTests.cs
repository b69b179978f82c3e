using System.Text.Json;
using Platform.Data;
using Platform.Notifications;
using Platform.UserSettings;

namespace Platform.Tests.UserSettings;

/// <summary>Random streams of changes: whatever they are, folding them leads to each state, and undoing them back.</summary>
public sealed class SettingsFoldTests
{
    private const int Streams = 200;
    private const int Length = 30;

    [Fact]
    public void RandomChanges_Folded_LeadToEachState()
    {
        for (var seed = 0; seed < Streams; seed++)
        {
            var (states, changes) = StreamOf(seed);
            var folded = new SettingsDocument();
            for (var i = 0; i < Length; i++)
            {
                folded = SettingsFold.Apply(folded, changes[i]);
                AssertSame(states[i + 1], folded, seed, i);
            }
        }
    }

    [Fact]
    public void RandomChanges_UndoneFromTheLast_LeadBackToEachState()
    {
        for (var seed = 0; seed < Streams; seed++)
        {
            var (states, changes) = StreamOf(seed);
            var undone = states[^1];
            for (var i = Length - 1; i >= 0; i--)
            {
                undone = SettingsFold.Undo(undone, changes[i]);
                AssertSame(states[i], undone, seed, i);
            }
        }
    }

    [Fact]
    public void RandomSnapshots_WithTheLaterChanges_EqualTheWholeFold()
    {
        for (var seed = 0; seed < Streams; seed++)
        {
            var (states, changes) = StreamOf(seed);
            var at = new Random(seed).Next(Length);
            var snapshot = SettingsSnapshot.Begin(Guid.Empty, default);
            snapshot.Keep(states[at], 0, default);

            AssertSame(states[^1], SettingsFold.Apply(snapshot.Read(), changes.Skip(at).SelectMany(change => change)), seed, at);
        }
    }

    private static (List<SettingsDocument> States, List<List<SettingsChange>> Changes) StreamOf(int seed)
    {
        var random = new Random(seed);
        var (states, changes) = (new List<SettingsDocument> { new() }, new List<List<SettingsChange>>());
        for (var i = 0; i < Length; i++)
        {
            var next = Change(states[^1], random);
            var stored = JsonSerializer.Serialize(SettingsFold.Between(states[^1], next, DateTimeOffset.UnixEpoch, null), JsonColumn.Options);
            changes.Add(JsonSerializer.Deserialize<List<SettingsChange>>(stored, JsonColumn.Options)!);   // as it comes back from the store
            states.Add(next);
        }

        return (states, changes);
    }

    private static SettingsDocument Change(SettingsDocument settings, Random random)
    {
        for (var i = random.Next(3); i >= 0; i--)
        {
            settings = random.Next(7) switch
            {
                0 => settings with { Theme = (SettingsTheme)random.Next(3) },
                1 => settings with { Timezone = Choose(random, "UTC", "Europe/Berlin", "Asia/Tokyo") },
                2 => settings with { Notifications = new NotificationSettings { ExecutionFailed = random.Next(2) == 0, Channels = [(NotificationChannel)random.Next(3)] } },
                3 => settings with { Editor = new EditorSettings { FontSize = random.Next(8, 33), Theme = Choose(random, "a", "b", "\"quoted\" \u00e9\U0001F600") } },
                4 => settings with { CustomSettings = new Dictionary<string, JsonElement>() },
                5 => settings with { CustomSettings = settings.CustomSettings.Where(_ => random.Next(2) == 0).ToDictionary() },
                _ => settings with { CustomSettings = new Dictionary<string, JsonElement>(settings.CustomSettings) { [$"key.{random.Next(5)}"] = JsonSerializer.SerializeToElement(new { n = random.Next(3), theme = "x" }) } },
            };
        }

        return settings;
    }

    private static T Choose<T>(Random random, params T[] items) => items[random.Next(items.Length)];

    private static void AssertSame(SettingsDocument expected, SettingsDocument found, int seed, int step)
    {
        var (one, other) = (JsonSerializer.SerializeToElement(expected, JsonColumn.Options), JsonSerializer.SerializeToElement(found, JsonColumn.Options));
        Assert.True(JsonElement.DeepEquals(one, other), $"seed {seed}, change {step}: {one} is not {other}");
    }
}
