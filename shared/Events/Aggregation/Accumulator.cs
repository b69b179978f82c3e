using System.Collections.Frozen;

namespace Platform.Events.Aggregation;

/// <summary>Gathers a value from the documents of a group.</summary>
internal abstract class Accumulator
{
    private static readonly FrozenDictionary<string, Func<Accumulator>> All = new Dictionary<string, Func<Accumulator>>
    {
        ["$sum"] = () => new Sum(),
        ["$avg"] = () => new Average(),
        ["$min"] = () => new Extreme(smallest: true),
        ["$max"] = () => new Extreme(smallest: false),
        ["$first"] = () => new Pick(first: true),
        ["$last"] = () => new Pick(first: false),
        ["$push"] = () => new Collection(distinct: false),
        ["$addToSet"] = () => new Collection(distinct: true),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public abstract object? Result { get; }

    public static Func<Accumulator>? Find(string name) => All.GetValueOrDefault(name);

    /// <summary>Takes one document's value and says how many characters more are kept because of it.</summary>
    public abstract long Add(object? value);

    private sealed class Sum : Accumulator
    {
        private object? _sum = 0L;

        public override object? Result => _sum;

        public override long Add(object? value)
        {
            if (Numbers.Is(value))
                _sum = Numbers.Add(_sum, value);
            return 0;
        }
    }

    private sealed class Average : Accumulator
    {
        private double _sum;
        private long _count;

        public override object? Result => _count == 0 ? null : _sum / _count;

        public override long Add(object? value)
        {
            if (Numbers.Is(value))
                (_sum, _count) = (_sum + Numbers.ToReal(value), _count + 1);
            return 0;
        }
    }

    private sealed class Extreme(bool smallest) : Accumulator
    {
        private object? _found = Missing.Value;

        public override object? Result => _found is Missing ? null : _found;

        public override long Add(object? value)
        {
            if (Values.IsNothing(value) || (_found is not Missing && Ordering.Compare(value, _found) is var order && (smallest ? order >= 0 : order <= 0)))
                return 0;
            var more = Values.Weigh(value) - Values.Weigh(_found);
            _found = value;
            return more;
        }
    }

    private sealed class Pick(bool first) : Accumulator
    {
        private object? _found;
        private bool _any;

        public override object? Result => _found;

        public override long Add(object? value)
        {
            if (_any && first)
                return 0;
            var more = Values.Weigh(value) - Values.Weigh(_found);
            (_found, _any) = (value is Missing ? null : value, true);
            return more;
        }
    }

    private sealed class Collection(bool distinct) : Accumulator
    {
        private const int Most = 1000;

        private readonly List<object?> _items = [];
        private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

        public override object? Result => new ValueList(_items);

        public override long Add(object? value)
        {
            if (value is Missing || _items.Count == Most)
                return 0;
            var key = distinct ? Ordering.KeyOf(value) : "";
            if (distinct && !_keys.Add(key))
                return 0;
            _items.Add(value);
            return Values.Weigh(value) + key.Length;
        }
    }
}
