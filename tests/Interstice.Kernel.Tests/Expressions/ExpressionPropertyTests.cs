using System.Text.Json;
using Interstice.Kernel.Expressions;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tests.Expressions;

public sealed class ExpressionPropertyTests
{
    private const int Conditions = 2_000;
    private const int RowsPerCondition = 4;

    // Goal: the compiled condition over canonical bytes says what a plain evaluator over the decoded row says.
    // Method: random conditions over a column of every type, random rows full of border values, and a model that shares no
    // code with the product: a tree that was never parsed, JSON for rows, BigInteger and exact fractions for numbers.
    [Fact]
    public void Compiled_conditions_agree_with_a_plain_evaluator_over_decoded_rows()
    {
        int seed = ExpressionSeed.Next();
        var random = new Random(seed);
        var generator = new ExpressionGenerator(random);
        int[] outcomes = new int[3];
        for (int i = 0; i < Conditions; i++)
        {
            ExpressionModel.Node model = generator.Condition(3);
            string text = generator.Text(model);
            RowExpression expression;
            try
            {
                expression = RowExpression.Compile(text, ExpressionTable.Animals);
            }
            catch (ExpressionException error)
            {
                throw new InvalidOperationException($"seed {seed}: {error.Message}\n{error.Pointer()}\n{text}", error);
            }

            for (int j = 0; j < RowsPerCondition; j++)
            {
                string json = generator.Row();
                byte[] row = ExpressionTable.Encode(json);
                using JsonDocument decoded = Decode(row);
                Truth expected = model.Truth(decoded.RootElement) switch
                {
                    true => Truth.True,
                    false => Truth.False,
                    null => Truth.Unknown,
                };
                expression.Evaluate(row).ShouldBe(expected, $"seed {seed}: {text}\n{json}");
                expression.Matches(row).ShouldBe(expected == Truth.True, $"seed {seed}: {text}");
                outcomes[(int)expected]++;
            }
        }

        // Each answer must be common, or the test would say little.
        outcomes.Min().ShouldBeGreaterThan(Conditions * RowsPerCondition / 20, $"seed {seed}");
    }

    private static JsonDocument Decode(byte[] row)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream)) JsonValues.WriteRow(writer, ExpressionTable.Animals.Row, row);
        return JsonDocument.Parse(stream.ToArray(), ValueLimits.Json);
    }
}
