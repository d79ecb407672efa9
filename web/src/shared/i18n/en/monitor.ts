/** What /monitor says. */
const texts = {
  title: "Monitor",
};

export default texts;
