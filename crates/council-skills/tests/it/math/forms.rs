//! Questions in the words that people use, with what they come to.

use super::ask;
use council_core::Attempt;

const QUESTIONS: &[(&str, &str)] = &[
    // Formulas with another subject.
    ("Solve for r: A = pi r^2", "r = ±√(A/π)"),
    ("Rearrange v = u + at for t", "t = (v - u)/a"),
    ("Make x the subject of y = 3x + 2", "x = (y - 2)/3"),
    ("Solve for C: F = 9/5 C + 32", "C = (5F - 160)/9"),
    ("Rearrange 1/f = 1/u + 1/v for v", "v = fu/(u - f)"),
    ("Make r the subject of V = 4/3 pi r^3", "r = ∛(3V/(4π))"),
    (
        "Rearrange the formula E = mc^2 to make m the subject",
        "m = E/c^2",
    ),
    ("Solve 2x + 3y = 12 for y", "y = (12 - 2x)/3"),
    ("Rearrange PV = nRT for T", "T = PV/(nR)"),
    ("Solve for x: ax + b = cx + d", "x = (d - b)/(a - c)"),
    // By size.
    ("Order these by size: 3/4, 0.7, 2/3", "2/3, 0.7, 3/4"),
    ("Sort from smallest to largest: 5, -2, 3.5, 0", "-2, 0, 3.5, 5"),
    (
        "Arrange 0.5, 1/3, 2/5 and 45% in descending order",
        "0.5, 45%, 2/5, 1/3",
    ),
    (
        "Order from largest to smallest: sqrt(10), 3.1, pi",
        "sqrt(10), pi, 3.1",
    ),
    // Loans, maps, rectangles.
    (
        "I borrow $10,000 at 5% annual interest for 3 years, paid back monthly. What is the monthly payment?",
        "299.71",
    ),
    (
        "What is the monthly payment on a $200,000 mortgage at 6% over 30 years?",
        "1199.10",
    ),
    ("How long does it take to double money at 7%?", "10.2447683511"),
    (
        "A map has a scale of 1:50,000. How far is 4 cm on the map in reality?",
        "2",
    ),
    (
        "On a map with a scale of 1:25000, two towns are 12 cm apart. What is the real distance in km?",
        "3",
    ),
    (
        "A rectangle's length is twice its width and its perimeter is 36. What is its area?",
        "72",
    ),
    (
        "The length of a rectangle is 3 cm more than its width and its perimeter is 26 cm. What is its area?",
        "40",
    ),
    (
        "A rectangle has a length that is 2 less than three times its width and a perimeter of 36. Find the length.",
        "13",
    ),
    (
        "The length of a rectangle is three times its width. Its area is 48. What is its perimeter?",
        "32",
    ),
    // Others.
    ("What is one third plus one sixth?", "0.5"),
    ("What is three quarters minus one eighth?", "0.625"),
    ("How many ways can 5 people sit around a round table?", "24"),
    (
        "What is the probability of getting at least one six in 4 rolls?",
        "671/1296",
    ),
    ("A car uses 6 litres per 100 km. How much for 250 km?", "15"),
    // Statistics and sums.
    ("Standard deviation of 2, 4, 4, 4, 5, 5, 7, 9", "2"),
    ("What is the variance of 2, 4, 6?", "8/3"),
    ("What is the harmonic mean of 4 and 12?", "6"),
    ("Sum of the even numbers from 2 to 20", "110"),
    ("What is the sum of all odd numbers between 2 and 12?", "35"),
    ("What is the sum of all multiples of 7 from 1 to 100?", "735"),
    (
        "Find the sum of all the multiples of 3 or 5 below 1000.",
        "233168",
    ),
    ("sum of all multiples of 4 below 20", "40"),
    (
        "What is the sum of the cubes of the first 10 positive integers?",
        "3025",
    ),
    ("What is 5!/(3!2!)", "10"),
    // Speed, distance, time.
    (
        "If a train travels 180 km in 2.5 hours, what is its average speed?",
        "72",
    ),
    (
        "A cyclist rides 30 miles in 90 minutes. What is his average speed?",
        "20",
    ),
    (
        "A runner runs 100 m in 10 seconds. What is her average speed in km/h?",
        "36",
    ),
    ("A car drives at 60 mph for 3.5 hours. How far does it go?", "210"),
    (
        "A plane flies at 500 miles per hour for 2.5 hours. How far does it fly?",
        "1250",
    ),
    (
        "A bus travels at an average speed of 45 km/h for 40 minutes. How far does it travel?",
        "30",
    ),
    ("How long does it take to drive 210 miles at 60 mph?", "3.5"),
    (
        "A boat moves at 12 km/h. How long will it take to go 30 km?",
        "2.5",
    ),
    (
        "If 3 workers build a wall in 12 days, how long would 4 workers take?",
        "9",
    ),
    (
        "If it takes 6 people 4 hours to paint a house, how many hours will it take 8 people?",
        "3",
    ),
    // Prices and parts.
    (
        "A jacket costs $80 and is discounted 15%. What is the sale price?",
        "68",
    ),
    (
        "A $50 shirt is on sale for 20% off. What is the final price?",
        "40",
    ),
    ("What is the sale price of a $120 coat with 25% off?", "90"),
    ("split 96 dollars among 4 people with a 20% tip", "28.8"),
    (
        "5 friends split a $120 bill equally with a 15% tip. How much does each person pay?",
        "27.6",
    ),
    (
        "A recipe needs 2/3 cup of sugar for 12 cookies. How much for 30 cookies?",
        "5/3",
    ),
    (
        "A recipe calls for 3 cups of flour to make 24 muffins. How many cups are needed for 40 muffins?",
        "5",
    ),
    (
        "A pizza is cut into 8 slices. If you eat 3, what fraction is left?",
        "5/8",
    ),
    (
        "A cake is cut into 12 equal pieces. Tom eats 4 pieces. What fraction of the cake remains?",
        "2/3",
    ),
    (
        "Tom has 3 times as many apples as Jerry. Together they have 48. How many does Tom have?",
        "36",
    ),
    (
        "Ann has twice as many books as Bea. Together they have 45 books. How many books does Bea have?",
        "15",
    ),
    (
        "Max has 8 more coins than Leo. Together they have 30 coins. How many coins does Max have?",
        "19",
    ),
    // Chances.
    (
        "What's the probability of rolling a sum of 7 with two dice?",
        "1/6",
    ),
    ("What is the probability of rolling a 4 on a fair die?", "1/6"),
    ("probability of rolling an even number on a six-sided die", "0.5"),
    (
        "What is the probability of getting exactly 3 heads in 5 coin flips?",
        "0.3125",
    ),
    (
        "What is the probability of getting at least 1 head in 3 coin tosses?",
        "0.875",
    ),
    (
        "A bag has 3 red and 5 blue balls. What is the probability of drawing a red one?",
        "0.375",
    ),
    (
        "A jar contains 4 green marbles, 6 yellow marbles and 2 black marbles. What is the probability of picking a yellow marble?",
        "0.5",
    ),
    // Dates and times.
    ("How many days between 2024-01-15 and 2024-03-01?", "46"),
    (
        "How many days are there between March 3, 2023 and April 10, 2023?",
        "38",
    ),
    ("How many days from May 1 to July 4?", "64"),
    ("What day of the week was July 20, 1969?", "Sunday"),
    ("What day of the week is 2026-11-23?", "Monday"),
    (
        "If today is Wednesday, what day will it be in 100 days?",
        "Friday",
    ),
    (
        "Today is Monday. What day of the week was it 3 days ago?",
        "Friday",
    ),
    ("What date is 90 days after January 1, 2024?", "2024-03-31"),
    ("What is the date 2 weeks before 2024-03-01?", "2024-02-16"),
    ("Is 1900 a leap year?", "no"),
    ("Is 2024 a leap year?", "yes"),
    ("How many days are in February 2024?", "29"),
    ("How many days does April have?", "30"),
    ("How many days are in 2024?", "366"),
    ("How many minutes from 9:45 am to 2:10 pm?", "265"),
    ("How many hours are between 9:00 and 17:30?", "8.5"),
    ("How long is it from 10:30 pm to 6:15 am?", "7 h 45 min"),
    ("What time is it 3 hours after 10:30 am?", "1:30 pm"),
    (
        "If it is 22:15, what time will it be in 2 hours and 30 minutes?",
        "0:45 of the next day",
    ),
    ("How old is someone born in 1990 in 2026?", "36"),
    // Matrices and vectors.
    ("determinant of [[1,2],[3,4]]", "-2"),
    (
        "What is the determinant of the matrix [[2, 0, 1], [1, 3, 2], [1, 1, 1]]?",
        "0",
    ),
    (
        "multiply matrices [[1,2],[3,4]] and [[5,6],[7,8]]",
        "[[19, 22], [43, 50]]",
    ),
    ("inverse of [[1,2],[3,4]]", "[[-2, 1], [1.5, -0.5]]"),
    ("transpose of [[1,2,3],[4,5,6]]", "[[1, 4], [2, 5], [3, 6]]"),
    ("What is the dot product of (1, 2, 3) and (4, 5, 6)?", "32"),
    ("cross product of [1,0,0] and [0,1,0]", "(0, 0, 1)"),
    ("magnitude of the vector (3, 4)", "5"),
    // Shapes the other way round.
    ("A rectangle has area 48 and width 6. What is its length?", "8"),
    ("perimeter of a square with area 49", "28"),
    ("What is the radius of a circle with area 25π?", "5"),
    // Numerals, angles, conversions.
    ("What is MCMXC in numbers?", "1990"),
    ("What is 45 degrees in radians?", "0.785398163397"),
    ("How many feet are in 3 meters?", "9.84251968504"),
    // More of algebra, of number theory, and of stories.
    ("What is 3/4 of 2/5?", "3/10"),
    ("Simplify 48/180", "4/15"),
    ("What's 8.4 divided by 0.07?", "120"),
    ("How much is 3.5 million divided by 700?", "5000"),
    ("What is 0.1 + 0.2?", "0.3"),
    ("(12 - 4) squared", "64"),
    ("What is negative 7 minus negative 12?", "5"),
    ("What is 5 to the power of 4?", "625"),
    ("Calculate 2 to the 16th", "65536"),
    ("sqrt(50) simplified", "7.07106781187"),
    ("Simplify the square root of 72", "6√2"),
    ("Rationalize 1/sqrt(2)", "√2/2"),
    ("What is the cube of 11?", "1331"),
    ("What is 17 percent of 3400?", "578"),
    (
        "A population of 12000 grows 3% per year. What is it after 2 years?",
        "12730.8",
    ),
    (
        "A phone that cost $600 now costs $450. What is the percent decrease?",
        "25%",
    ),
    (
        "After a 20% discount a shirt costs $48. What was the original price?",
        "60",
    ),
    ("What number increased by 25% is 150?", "120"),
    ("If 40% of a number is 18, what is the number?", "45"),
    ("Solve 4(x + 3) - 2x = 18", "x = 3"),
    ("Solve for y: 2y/3 - 5 = 1", "y = 9"),
    ("Solve x/4 + x/6 = 10", "x = 24"),
    ("5x - 7 = 3x + 9. What is x?", "x = 8"),
    ("What value of x satisfies 3^(x+1) = 81?", "x = 3"),
    ("Solve log2(x) = 5", "x = 32"),
    ("Solve sqrt(x + 5) = 4", "x = 11"),
    ("Solve x^2 + 4x + 5 = 0", "x = -2 - i or x = -2 + i"),
    (
        "Find the roots of x^3 - 6x^2 + 11x - 6",
        "x = 1 or x = 2 or x = 3",
    ),
    ("Solve 2x + 3y = 12 and x - y = 1", "x = 3, y = 2"),
    ("x + y + z = 6, x - y = 1, y + z = 4", "x = 2, y = 1, z = 3"),
    ("What are the zeros of f(x) = x^2 - 7x + 10?", "x = 2 or x = 5"),
    ("Find the vertex of y = x^2 - 4x + 7", "(2, 3)"),
    ("What is the discriminant of 2x^2 + 3x - 5?", "49"),
    ("Factor 6x^2 - x - 2", "(3x - 2)(2x + 1)"),
    ("Factor x^3 - 8", "(x - 2)(x^2 + 2x + 4)"),
    ("Expand (2x - 3)(x + 4)", "2x^2 + 5x - 12"),
    ("Simplify 3(x - 2) + 4x", "7x - 6"),
    ("Simplify (x^2 y^3)^2 / (x y)", "x^3y^5"),
    ("If 2a + 5 = 17, what is 3a - 1?", "17"),
    ("If x = 3 and y = -2, what is 2x^2 - 3xy?", "36"),
    ("Evaluate 3x + 2 when x = 7", "23"),
    ("What is f(g(2)) if f(x) = x + 1 and g(x) = x^2?", "5"),
    ("What is the inverse function of f(x) = 2x + 6?", "x/2 - 3"),
    ("Differentiate sin(x) cos(x)", "-sin(x)^2 + cos(x)^2"),
    ("What's the derivative of ln(x)/x?", "-ln(x)/x^2 + 1/x^2"),
    (
        "Find the derivative of (3x^2 + 1)^4",
        "648x^7 + 648x^5 + 216x^3 + 24x",
    ),
    ("What is the slope of y = x^2 at x = 3?", "6"),
    ("Integrate x e^x dx", "x*e^x - e^x + C"),
    ("What is the area under y = x^2 from 0 to 3?", "9"),
    ("limit of (x^2 - 1)/(x - 1) as x approaches 1", "2"),
    ("What is the sum of the infinite series 1 + 1/2 + 1/4 + ...?", "2"),
    ("What is the 20th triangular number?", "210"),
    ("What is the next prime after 100?", "101"),
    ("How many primes are there below 50?", "15"),
    ("Is 91 a prime number?", "no"),
    ("What are the factors of 48?", "1, 2, 3, 4, 6, 8, 12, 16, 24, 48"),
    ("What is the gcd of 48, 72 and 120?", "24"),
    ("What is 3^200 mod 13?", "9"),
    ("How many trailing zeros does 100! have?", "24"),
    ("What is the sum of the digits of 2^15?", "26"),
    ("How many zeros are at the end of 25 factorial?", "6"),
    ("Convert 255 to hexadecimal", "FF"),
    ("Convert 0b101101 to decimal", "45"),
    ("What is 11011 in base 2 as a decimal number?", "27"),
    ("What is 1A3 hex in decimal?", "419"),
    ("Add 1011 and 110 in binary", "10001"),
    ("What is 5 feet 11 inches in cm?", "180.34"),
    ("How many cups are in a gallon?", "16"),
    ("How many teaspoons in 2 tablespoons?", "6"),
    ("Convert 2.5 acres to hectares", "1.0117141056"),
    ("Convert 90 km/h to m/s", "25"),
    ("What is 1500 m in miles?", "0.932056788356"),
    ("How many milliliters are in 3/4 cup?", "177.441177375"),
    ("How many square feet are in 20 square meters?", "215.278208334"),
    ("Convert 3 kWh to joules", "10800000"),
    ("How many calories is 500 kJ?", "119502.868069"),
    ("Convert -40 C to F", "-40"),
    ("What is 300 K in Celsius?", "26.85"),
    ("How many days is 1000 hours?", "41.6666666667"),
    ("How many inches are in 2 yards?", "72"),
    ("Convert 180 lbs to kg", "81.6466266"),
    ("Convert 12 stone to pounds", "168"),
    ("How many minutes are in a week?", "10080"),
    ("120 psi in bar", "8.2737087518"),
    ("Which is heavier, 5 kg or 10 pounds?", "5 kg"),
    (
        "What is the area of a trapezoid with bases 5 and 9 and height 4?",
        "28",
    ),
    (
        "What is the area of an equilateral triangle with side 6?",
        "15.5884572681",
    ),
    (
        "What is the volume of a cone with radius 3 and height 4?",
        "37.6991118431",
    ),
    (
        "A circle has a radius of 4 cm. What is its area?",
        "50.2654824574",
    ),
    (
        "A rectangle is 8 m long and 5 m wide. What is its perimeter?",
        "26",
    ),
    ("The perimeter of a square is 36. What is its area?", "81"),
    ("A box measures 2 by 3 by 4. What is its volume?", "24"),
    (
        "The angles of a triangle are 40 and 75 degrees. What is the third angle?",
        "65",
    ),
    ("What is the diagonal of a square with side 5?", "7.07106781187"),
    ("How many diagonals does a hexagon have?", "9"),
    (
        "What is the equation of the line through (0, 1) and (2, 5)?",
        "y = 2x + 1",
    ),
    ("What is the distance from (1, 2) to (4, 6)?", "5"),
    ("What is the mode of 2, 3, 3, 5, 7?", "3"),
    ("The mean of 5 numbers is 12. What is their sum?", "60"),
    ("What is the average of 80, 90 and 100?", "90"),
    ("Find the missing number: 2, 4, 8, 16, ?", "32"),
    ("What comes next: 1, 4, 9, 16, 25?", "36"),
    ("1, 1, 2, 3, 5, 8, what comes next?", "13"),
    (
        "What is the sum of the first 20 terms of 2, 5, 8, 11, ...?",
        "610",
    ),
    ("In how many ways can you choose 3 books from 8?", "56"),
    ("How many different 4-digit PINs are there?", "10000"),
    ("How many ways can the letters of LEVEL be arranged?", "30"),
    ("How many handshakes are there among 10 people?", "45"),
    (
        "A die is rolled. What is the probability of getting a number greater than 4?",
        "1/3",
    ),
    (
        "What is the probability of getting two heads when flipping two coins?",
        "0.25",
    ),
    (
        "A card is drawn from a deck of 52. What is the probability that it is an ace?",
        "1/13",
    ),
    (
        "Sarah is twice as old as Tom. In 5 years the sum of their ages will be 40. How old is Tom?",
        "10",
    ),
    (
        "The sum of two numbers is 30 and one is 6 more than the other. What are the numbers?",
        "18, 12",
    ),
    (
        "A number multiplied by 4 and then decreased by 7 gives 29. Find the number.",
        "9",
    ),
    (
        "I think of a number, double it and add 9. The result is 31. What is my number?",
        "11",
    ),
    (
        "Three consecutive even numbers add up to 48. What are they?",
        "14, 16, 18",
    ),
    (
        "A store sells apples at 3 for $2. How much do 12 apples cost?",
        "8",
    ),
    (
        "If 4 notebooks cost $10, how many notebooks can I buy with $25?",
        "10",
    ),
    (
        "Maria earns $18 per hour and works 35 hours. How much does she earn?",
        "630",
    ),
    (
        "John has $50. He buys 3 books for $8 each. How much money does he have left?",
        "26",
    ),
    (
        "There are 24 students. 3/8 of them are boys. How many are girls?",
        "15",
    ),
    (
        "A car uses 8 liters of fuel per 100 km. How much fuel does it need for 350 km?",
        "28",
    ),
    (
        "A tank fills in 6 hours with one pipe and in 3 hours with another. How long with both?",
        "2",
    ),
    (
        "Two trains start 300 km apart and travel toward each other at 60 km/h and 90 km/h. When do they meet?",
        "2",
    ),
    ("A shirt costs $25 plus 8% sales tax. What is the total?", "27"),
    ("What is 30% of 50% of 200?", "30"),
    ("Divide 60 in the ratio 2:3", "24, 36"),
    ("Share $100 between Ann and Bob in the ratio 3:2", "$60, $40"),
    ("Simplify the ratio 18:24", "3:4"),
    ("If a:b = 2:3 and b = 12, what is a?", "8"),
    ("Solve the proportion 3/4 = x/20", "x = 15"),
    ("Write 45000 in scientific notation", "4.5 × 10^4"),
    ("What is 6.02e23 * 2?", "1204000000000000000000000"),
    ("Round 2.71828 to three decimal places", "2.718"),
    ("Round 4567 to the nearest hundred", "4600"),
    ("What is the reciprocal of 2/3?", "3/2"),
    ("What's the additive inverse of 9?", "-9"),
    ("Write 7/8 as a percentage", "87.5%"),
    ("Write 2 3/4 as an improper fraction", "11/4"),
    ("Convert 17/5 to a mixed number", "3 2/5"),
    ("1 1/2 + 2 2/3", "25/6"),
    ("Order 0.5, 3/8, 2/3 from least to greatest", "3/8, 0.5, 2/3"),
    ("Is 7/9 greater than 0.75?", "yes"),
    ("What is the floor of 3.7?", "3"),
    ("What is the ceiling of -2.3?", "-2"),
    ("arcsin(1/2) in degrees", "30"),
    ("cos(60°) + sin(30°)", "1"),
    ("log(1000)", "3"),
    ("log base 3 of 81", "4"),
    ("What is e^0?", "1"),
    ("ln(1)", "0"),
    ("i^2", "-1"),
    ("(1 + i)^2", "2i"),
    ("What is 0 divided by 5?", "0"),
    ("How much is half a million?", "500000"),
    ("What is a quarter of 1 hour in minutes?", "15"),
    ("What is 25% of an hour?", "0.25"),
    ("simplify 18/24", "3/4"),
    (
        "I think of a number, multiply it by 3, subtract 4 and get 17. What's my number?",
        "7",
    ),
    ("If 3 apples cost 2 dollars, how much do 12 apples cost?", "8"),
    ("What's the tip on a 48 dollar bill at 18%?", "8.64"),
    (
        "Two trains start 200 km apart and drive toward each other at 60 and 40 km/h. When do they meet?",
        "2",
    ),
    (
        "A train leaves at 9:15 and arrives at 11:40. How long is the ride?",
        "2 h 25 min",
    ),
    ("Split $75.60 among 6 people.", "12.6"),
    ("1000 euros at 5% simple interest for 3 years", "150"),
    ("Where do y = 2x + 1 and y = -x + 4 intersect?", "x = 1, y = 3"),
    (
        "Find all real solutions of x^4 - 5x^2 + 4 = 0.",
        "x = -2 or x = -1 or x = 1 or x = 2",
    ),
    ("What is 22 percent of 980 euros?", "215.6"),
    ("What is bigger, 3/7 or 4/9?", "4/9"),
    ("hey can you do 126 divided by 9?", "14"),
    (
        "A car drives at 80 km/h for two and a half hours. How far does it get?",
        "200",
    ),
    ("sum of the infinite series 1 + 1/2 + 1/4 + ...", "2"),
    (
        "Tom has 20 dollars. He spends 5 dollars on lunch. How many dollars does he have left?",
        "15",
    ),
];

/// Such as people ask.
const MORE: &[(&str, &str)] = &[
    ("Find the minimum of x^2 - 4x + 7.", "3"),
    ("A square has an area of 169. How long is a side?", "13"),
    (
        "The sides of a rectangle are in the ratio 2:3 and its perimeter is 60. Find the sides.",
        "12, 18",
    ),
    (
        "the sides of a rectangle are in the ratio 2:3 and its perimeter is 60. find the sides",
        "12, 18",
    ),
    ("Anna has 33 apples and gives away 7. How many are left?", "26"),
    ("The temperature falls from 5 to -8 degrees. By how much?", "13"),
    ("what value of k makes 2k + 9 equal to 31", "k = 11"),
    (
        "Two numbers add up to 30 and their difference is 4. Which numbers are they?",
        "17, 13",
    ),
    (
        "My father is three times as old as I am; together we are 48. How old am I?",
        "12",
    ),
    (
        "A bus leaves at 7:45 and needs 95 minutes. When does it get there?",
        "9:20",
    ),
    ("is 1,024 a power of two?", "yes"),
    ("list the first ten primes", "2, 3, 5, 7, 11, 13, 17, 19, 23, 29"),
    ("In how many ways can I pick 3 books out of 8?", "56"),
    ("hypotenuse of a triangle with legs 5 and 12", "13"),
    ("What's the diagonal of a 3 by 4 rectangle?", "5"),
    ("how many degrees in a pentagon", "540"),
    ("By what percentage did the price go up from 40 to 50?", "25%"),
    (
        "Lisa buys 3 pens at 1.20 each and a notebook for 2.50. How much does she pay?",
        "6.1",
    ),
    (
        "A tank holds 120 litres and loses 4 litres an hour. When is it empty?",
        "30",
    ),
    (
        "A pipe fills a pool in 6 hours, another in 3 hours. How long do both take together?",
        "2",
    ),
    (
        "If 6 painters need 4 days, how many days do 8 painters need?",
        "3",
    ),
    (
        "A recipe needs 200 g sugar for 12 cookies; how much for 30 cookies?",
        "500",
    ),
    (
        "The sum of two numbers is 25 and one is 7 larger. What are they?",
        "16, 9",
    ),
    (
        "A number is doubled and increased by 6; the result is 20. What is the number?",
        "7",
    ),
    (
        "Ann is twice as old as Ben and in 5 years their ages sum to 40. How old is Ann?",
        "20",
    ),
    (
        "In a class of 28 there are 4 more girls than boys. How many boys are there?",
        "12",
    ),
    (
        "The report has 48 pages and each page has 300 words. How many words are there in total?",
        "14400",
    ),
    (
        "A contract of 24 months costs 19.99 a month. What does it cost altogether?",
        "479.76",
    ),
    (
        "With 19% VAT a bike costs 595 euros. What is the net price?",
        "500",
    ),
    ("Split 75.60 among 6 people.", "12.6"),
    ("split 75.60 among 6 people", "12.6"),
    (
        "I earn 3,200 a month and spend 2,750. How much do I save in a year?",
        "5400",
    ),
    (
        "If I drink 2.5 litres of water a day, how many litres is that in a week?",
        "17.5",
    ),
    ("If all 12 students pay 7.50 each, how much is collected?", "90"),
    ("Find the GCD of 252 and 105 using Euclid.", "21"),
    ("find the gcd of 252 and 105 using euclid", "21"),
    ("How many three digit numbers are divisible by 7?", "128"),
    (
        "A ladder 10 m long leans against a wall with its foot 6 m away. How high does it reach?",
        "8",
    ),
    (
        "Snails: one climbs 3 m by day and slips 2 m at night. How many days for a 10 m well?",
        "8",
    ),
    (
        "Chickens and rabbits: 35 heads and 94 legs. How many rabbits?",
        "12",
    ),
    (
        "Pavel buys 5 pencils for 15 dollars each. What is the total?",
        "75",
    ),
    (
        "Omar and Dmitri share 40 eggs so that Omar gets 4 more. How many does each get?",
        "Omar: 22, Dmitri: 18",
    ),
    ("If 7 eggs cost 72 euros, what do 22 eggs cost?", "1584/7"),
    ("A train covers 980 km in 7 hours. What's its speed?", "140"),
    ("At 56 km/h, how long does a cyclist take for 245 km?", "4.375"),
    (
        "A price of 144 dollars is reduced by 22%. What is the new price?",
        "112.32",
    ),
    ("What is the probability of a sum of 7 with two dice?", "1/6"),
    (
        "What is the probability of at least one head in 4 coin tosses?",
        "0.9375",
    ),
    (
        "What is the probability of drawing two kings from 52 cards?",
        "1/221",
    ),
    ("What is the probability of rolling a 6 twice?", "1/36"),
    ("How many ways are there to order the letters of BANANA?", "60"),
    ("How many ways are there to arrange 5 books on a shelf?", "120"),
    ("How many ways are there to pick a team of 3 from 7?", "35"),
    (
        "Greta is 6 years older than Ben and together they are 56. How old is Greta?",
        "31",
    ),
    ("the 8th number of the Fibonacci sequence", "21"),
    ("what's the exterior angle of a regular pentagon", "72"),
    ("How many sides does a polygon with angle sum 1080 have?", "8"),
    ("height of an equilateral triangle with side 8", "6.92820323028"),
    ("surface of a sphere with diameter 10", "314.159265359"),
    (
        "Mara earns 14 euros an hour and works 37 hours. What is her pay?",
        "518",
    ),
    (
        "a bottle and a cork cost 1.10, the bottle costs 1 more than the cork. what does the cork cost",
        "0.05",
    ),
    (
        "A pizza is cut into 8 slices and Joe eats 3. What fraction is left?",
        "5/8",
    ),
    (
        "A phone costs 480 after a discount of 20%. What did it cost before?",
        "600",
    ),
    (
        "a rope of 45 m is cut in the ratio 4 to 5, how long are the parts",
        "20 m, 25 m",
    ),
    ("what's the gradient of y = 3x - 2", "3"),
    ("how many combinations does a 4 digit lock have", "10000"),
    ("what's the expected value of a fair die", "3.5"),
    (
        "A shirt costs 45 euros and is reduced by 20 percent. What do I pay?",
        "36",
    ),
    (
        "If 5 workers need 12 days to build a wall, how long do 4 workers need?",
        "15",
    ),
    (
        "What's the probability of rolling two sixes with two dice?",
        "1/36",
    ),
    (
        "Four friends split a bill of 96.40 and leave a 15% tip. What is each share?",
        "27.715",
    ),
    ("what remainder does 1000 leave when divided by 37", "1"),
    (
        "A recipe for 4 people needs 300 g of flour. How much flour for 7 people?",
        "525",
    ),
    (
        "Calculate the area of a ring with radii 5 and 3.",
        "50.2654824574",
    ),
    (
        "A recipe needs 2 cups of flour for 12 cookies. How many cups for 30 cookies?",
        "5",
    ),
    (
        "A ladder 10 m long leans against a wall with its foot 6 m from the wall. How high does it reach?",
        "8",
    ),
    ("What is the limit of sin(x)/x as x approaches 0?", "1"),
    ("What is the limit of (1 - cos(x))/x^2 as x approaches 0?", "0.5"),
    ("limit of (e^x - 1)/x as x -> 0", "1"),
    (
        "What is the limit of (1 + 1/n)^n as n approaches infinity?",
        "2.71828182846",
    ),
    (
        "limit of (1 + 3/x)^(2x) as x approaches infinity",
        "403.428793493",
    ),
    ("What is the limit of ln(x)/(x - 1) as x approaches 1?", "1"),
    ("limit of sin(3x)/x as x approaches 0", "3"),
    (
        "If 5 machines make 5 widgets in 5 minutes, how long do 100 machines take to make 100 widgets?",
        "5",
    ),
    (
        "If 3 workers can make 12 toys in 4 hours, how many toys can 5 workers make in 6 hours?",
        "30",
    ),
    (
        "A bat and a ball cost $1.10 together. The bat costs $1 more than the ball. How much does the ball cost?",
        "0.05",
    ),
    (
        "A bat and a ball cost $1.10 in total. The bat costs $1.00 more than the ball. How much does the ball cost?",
        "0.05",
    ),
    (
        "Two trains 300 miles apart move toward each other at 60 mph and 40 mph. When do they meet?",
        "3",
    ),
    (
        "I invest $1000 at 5% compound interest annually for 3 years. How much do I have?",
        "1157.63",
    ),
    (
        "If I invest $1000 at 5% interest compounded annually for 3 years, how much will I have?",
        "1157.63",
    ),
    ("How many ways to choose 3 from 10?", "120"),
    (
        "What is the sum of an arithmetic series with first term 3, common difference 4 and 20 terms?",
        "820",
    ),
    (
        "What is the sum of the first 20 terms of an arithmetic sequence with first term 3 and common difference 4?",
        "820",
    ),
    (
        "What is the sum of the first 5 terms of a geometric sequence with first term 2 and common ratio 3?",
        "242",
    ),
    (
        "What is the equation of the line through (0, 1) with slope 3?",
        "y = 3x + 1",
    ),
    (
        "Find the equation of a line with slope 2 passing through the point (1, 5)",
        "y = 2x + 3",
    ),
    (
        "A recipe for 4 people needs 300 g of flour. How much for 6 people?",
        "450",
    ),
    (
        "A tank holds 120 litres and drains at 8 litres per minute. How long until it is empty?",
        "15",
    ),
    (
        "A tank contains 200 liters of water. It leaks 5 liters per hour. How many hours until it is empty?",
        "40",
    ),
    (
        "The ratio of boys to girls is 3:5 and there are 40 students. How many girls?",
        "25",
    ),
    (
        "The ratio of boys to girls in a class is 3:5. If there are 40 students in total, how many girls are there?",
        "25",
    ),
    (
        "The ratio of cats to dogs is 2:3. If there are 12 cats, how many dogs are there?",
        "18",
    ),
    (
        "The average of 5 numbers is 12. Four of them are 10, 11, 13 and 14. What is the fifth?",
        "12",
    ),
    (
        "The average of three numbers is 10. Two of the numbers are 8 and 9. What is the third number?",
        "13",
    ),
    ("What number multiplied by itself is 169?", "13 (or -13)"),
    (
        "One number is 4 more than another and their sum is 30. Find both.",
        "17, 13",
    ),
    (
        "The product of two consecutive even numbers is 168. What are the numbers?",
        "12, 14 (or -14, -12)",
    ),
    (
        "The product of two consecutive integers is 56. What are the integers?",
        "7, 8 (or -8, -7)",
    ),
    (
        "A train 150 m long passes a pole in 10 seconds. What is its speed in km/h?",
        "54",
    ),
    (
        "A train 100 m long crosses a bridge 200 m long in 15 seconds. What is its speed?",
        "20",
    ),
    ("Water freezes at 32 F. What is that in kelvin?", "273.15"),
    ("What is the limit of 1/x as x approaches 0?", "does not exist"),
    (
        "If I save $250 a month, how much will I have after 3 years?",
        "9000",
    ),
    (
        "Anna saves 20 dollars every week. How much will she have saved after 6 weeks?",
        "120",
    ),
    (
        "How many ways can you arrange the letters in MISSISSIPPI?",
        "34650",
    ),
    (
        "If y varies directly with x and y = 12 when x = 4, what is y when x = 10?",
        "30",
    ),
    (
        "y varies inversely as x. If y = 6 when x = 4, find y when x = 8.",
        "3",
    ),
    (
        "If a car uses 6 liters per 100 km, how much fuel does it need for 350 km?",
        "21",
    ),
    (
        "What is the interest on $2000 at 5% for 3 years, simple interest?",
        "300",
    ),
    (
        "What will $1000 be worth after 2 years at 10% compounded annually?",
        "1210",
    ),
    ("What number is 30% of 90?", "27"),
    ("How many edges does a cube have?", "12"),
    ("How many faces does a triangular prism have?", "5"),
    ("How many vertices does a dodecahedron have?", "20"),
    (
        "I bought 3 books at $12 each and 2 pens at $1.50 each. What is the total?",
        "39",
    ),
    (
        "A phone costs $600. It is on sale for 25% off. How much is the sale price?",
        "450",
    ),
    (
        "The sum of three numbers is 90. Two of them are 25 and 40. What is the third?",
        "25",
    ),
    (
        "Mary is 12. Her brother is 4 years older. How old is her brother?",
        "16",
    ),
    (
        "There are 28 students and each needs 3 pencils. How many pencils are needed?",
        "84",
    ),
    (
        "If the probability of rain is 0.3, what is the probability that it does not rain?",
        "0.7",
    ),
    ("What is the probability of flipping 3 heads in a row?", "0.125"),
    ("What is XLII in Arabic numbers?", "42"),
    ("What is the angle sum of a pentagon?", "540"),
];

/// What no rule may read: a word more or less makes it another question.
const OTHERS: &[&str] = &[
    "Solve for b: A = (a + b)/2 * h",
    "Arrange a meeting for Tuesday and Friday",
    "Order pizza, salad and two drinks",
    "Sort out the problems by size",
    "Rearrange the furniture to make room for the sofa",
    "How many ways can you seat guests at a table?",
    "What is the monthly payment on my phone?",
    "A map has a scale of 1:50,000. What does that mean?",
    "How long does it take to double a recipe at 180 degrees?",
    "Put these in order: breakfast, lunch and dinner",
    "What is the maximum of x^2 - 4x + 7?",
    "A bus leaves at 7:45 and needs 95 miles. When does it get there?",
    "Anna is 5 years older than Mei and together they are 33. How old is Ben?",
    "Omar and Dmitri share 41 eggs so that Omar gets 4 more. How many does each get?",
    "In a class of 28 there are 4 more cats than dogs. How many dogs are there?",
    "Chickens and ducks: 35 heads and 94 legs. How many ducks?",
    "If 6 people need 4 days, how many days do 8 people need?",
    "A snail climbs 2 m by day and slips 3 m at night. How many days for a 10 m well?",
    "What is the gradient of y = x^2?",
    "What is the probability of rolling a 7 twice?",
    "A price of $100 is reduced by 20. What is the new price?",
    "The ratio of boys to girls is 3:5 and there are 41 students. How many girls?",
    "The average of 5 numbers is 12. Three of them are 10, 11 and 13. What is the fifth?",
    "If 5 machines make 5 widgets in 5 minutes, how long do 100 people take to make 100 widgets?",
    "The product of two consecutive even numbers is 170. What are the numbers?",
    "What number multiplied by itself is 170?",
    "A bat and a ball cost $1.10 together. The bat costs $1 more than the glove. How much does the ball cost?",
    "A bat and a ball cost $1.10 together. The bat costs $1 more than the ball. How much does the glove cost?",
    "What is the limit of sin(1/x) as x approaches 0?",
    "What is the limit of x/|x| as x approaches 0?",
    "A tank holds 120 litres and drains at 8 gallons per minute. How long until it is empty?",
    "A recipe for 4 people needs 300 g of flour. How much sugar for 6 people?",
    "How many days until Christmas?",
    "What day is it today?",
    "What day is March 3?",
    "How many days from February 20 to March 3?",
    "How many days are in February?",
    "How many days are in a month?",
    "Was 12 a good year?",
    "How many hours from 9 to 5?",
    "How long is it from Paris to Rome?",
    "How many hours between 5 pm and Friday?",
    "On what day is the meeting?",
    "How old was Mozart in 1780?",
    "If 3 cats catch 3 mice in 3 minutes, how many minutes do 100 cats take?",
    "If 3 workers build 2 walls in 12 days, how long would 4 workers take?",
    "If it takes 9 women 1 month to have a baby, how long will it take 3 women?",
    "What is the IT budget in numbers?",
    "What is WORD in numbers?",
    "A bag has 3 red and 5 blue balls. What is the probability of drawing a green one?",
    "A bag has 3 red and 5 blue balls. What is the probability of drawing a red one and then a blue one?",
    "What is the probability of rain?",
    "What is the probability of rolling a 7 with two dice and a coin?",
    "Tom has 3 times as many apples as Jerry. Together they have 48. How many does Mary have?",
    "A pizza is cut into 8 slices. If you eat 3 with friends, what fraction is left?",
    "A car drives at 60 mph for 100 miles. How far does it go?",
    "A jacket costs $80 and is warm. What is the sale price?",
    "What is the length of the Nile?",
    "length of the river (in Egypt)",
    "How many faces does a clock have?",
    "How many corners does a cube of sugar have?",
    "If I save $250 a month, how much will I have when I am 40?",
    "If I save $250 a month, how much will my brother have after 3 years?",
    "If y varies directly with x and y = 12 when x = 4, what is z when x = 10?",
    "What is the interest on $2000 at 5% for 3 years?",
    "What number is 30?",
    "Mary is 12. Her brother is 4 years older. How old is her sister?",
    "If the probability of rain is 0.3, what is the probability that it does not snow?",
    "A bus holds 45 people. How many trains are needed for 200 people?",
    "There are 28 students and each needs 3 pencils. How many students are needed?",
];

#[test]
fn questions_in_usual_words_come_to_what_they_are() {
    let wrong: Vec<String> = QUESTIONS
        .iter()
        .chain(MORE)
        .filter_map(|(question, value)| match ask(question) {
            Attempt::Answered(answer) if answer.value == *value => None,
            Attempt::Answered(answer) => Some(format!("{question} -> {} and not {value}", answer.value)),
            Attempt::Unsure { reason } | Attempt::Failed { reason } => Some(format!("{question}: {reason}")),
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_nearly_such_a_question_stays_unanswered() {
    let answered: Vec<String> = OTHERS
        .iter()
        .filter_map(|other| match ask(other) {
            Attempt::Answered(answer) => Some(format!("{other} -> {}", answer.value)),
            Attempt::Unsure { .. } | Attempt::Failed { .. } => None,
        })
        .collect();
    assert!(answered.is_empty(), "{answered:#?}");
}
