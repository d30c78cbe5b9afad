// Types for LayerTests: each type of Low uses High in another place, which the sample's rules forbid. High may use Low.
#pragma warning disable CA1812, CA1822, CA1823, CA1031, CS0067, CS0169, IDE0051, IDE0052, CA1852
namespace Ebla.Tests.Architecture.Sample.High
{
    internal class Upper
    {
        public static int Number => new Low.Innocent().Number;
    }

    internal interface IUpper;

    internal sealed class UpperException : Exception;

    [AttributeUsage(AttributeTargets.All)]
    internal sealed class UpperAttribute : Attribute;
}

namespace Ebla.Tests.Architecture.Sample.Low
{
    internal sealed class Innocent
    {
        public int Number => 1;
    }

    internal sealed class AsBase : High.Upper;

    internal sealed class AsInterface : High.IUpper;

    [High.Upper]
    internal sealed class AsAttribute;

    internal sealed class InAttribute
    {
        [System.ComponentModel.TypeConverter(typeof(High.Upper))]
        public int Number { get; set; }
    }

    internal sealed class AsField
    {
        private readonly High.Upper[]? _field;
    }

    internal sealed class AsEvent
    {
        public event Action<High.Upper>? Changed;
    }

    internal sealed class AsGenericArgument
    {
        public static Dictionary<int, List<High.Upper?>>? Value => null;
    }

    internal sealed class AsParameter
    {
        public static void Take(ref High.Upper? value) => value = null;
    }

    internal sealed class AsConstraint
    {
        public static T? Make<T>()
            where T : High.IUpper => default;
    }

    internal sealed class InBody
    {
        public static int Sum() => 1 + High.Upper.Number;
    }

    internal sealed class InTypeOf
    {
        public static string Name() => typeof(High.Upper).Name;
    }

    internal sealed class InCatch
    {
        public static int Try(Func<int> action)
        {
            try
            {
                return action();
            }
            catch (High.UpperException)
            {
                return 0;
            }
        }
    }

    internal sealed class InLambda
    {
        public static Func<int> Make() => static () => High.Upper.Number;
    }

    internal sealed class InAsync
    {
        public static async Task<int> SumAsync()
        {
            await Task.Yield();
            return High.Upper.Number;
        }
    }

    internal sealed class InNested
    {
        private sealed class Inner
        {
            public static object Make() => new High.Upper();
        }
    }
}

namespace Ebla.Tests.Architecture.Sample.Stray
{
    internal sealed class Homeless;
}
