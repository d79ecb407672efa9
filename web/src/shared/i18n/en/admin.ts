/** What /admin says. */
const texts = {
  title: "Admin",
};

export default texts;
